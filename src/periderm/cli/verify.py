"""`periderm verify`: checks an image's attestations against public keys; offline, unless the image is in a registry."""

from __future__ import annotations

import argparse
import os

from periderm import wiring
from periderm.app.verify_image import KINDS, REQUIRED, Verified, verify_image
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.model.timestamps import rfc3339

EXIT_FOUND = 1
_MOST_KEY = 16 << 10
_NAMES = {"provenance": 0, "sbom": 1, "vulnerabilities": 2, "verdict": 3}
_HEAD = (Text("ATTESTATION", "证明"), Text("SIGNED BY", "签名密钥"), Text("ABOUT", "对象"))
_HOLDS = Text("It holds: {digest} is as it was attested.", "验证通过：{digest} 与证明一致。")
_BROKEN = Text("Do not trust it: {digest}", "请勿信任：{digest}")
_VERDICT = Text("The gate let it pass on {time}, by {by}.", "门禁于 {time} 放行，执行者 {by}。")
_ALLOWED = Text("It passed although {count} findings spoke against it: {reason}", "尽管有 {count} 个弱点仍被放行：{reason}")
_FOREIGN = Text(
    "{count} attestations here are signed by nobody that you trust.", "此处有 {count} 份证明不是由您信任的密钥签名。"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "image", metavar="IMAGE", help="an archive, an OCI layout folder, podman:NAME, or as `periderm scan image`"
    )
    parser.add_argument("--image", metavar="NAME", dest="name", default="", help="which image of an archive that holds several")
    parser.add_argument(
        "--key",
        metavar="FILE",
        action="append",
        default=[],
        help="public key (PEM) of whom you trust; may be given several times",
    )
    parser.add_argument(
        "--attest",
        metavar="PATH",
        default="",
        help="folder or file with the attestations (default: beside registry:IMAGE, else in the state)",
    )
    parser.add_argument(
        "--require",
        metavar="LIST",
        default="",
        help=f"what must be there, with commas: {', '.join(_NAMES)} (default: all)",
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Checks and tells; 1 if anything does not hold."""
    documents = wiring.documents()
    keys = [documents.read(path, _MOST_KEY) for path in options.key]
    seen = verify_image(
        wiring.image_scanner(settings),
        documents,
        options.image,
        keys,
        place=options.attest or os.path.join(settings.state, "attestations"),
        name=options.name,
        required=_required(options.require),
        bundle=wiring.attestations_there(settings, options.image) if _there(options) else None,
        progress=out.progress,
    )
    if out.json:
        told = [{"kind": a.kind, "signer": a.signer, "subject": a.statement.subject} for a in seen.attested]
        problems = [out.say(problem) for problem in seen.problems]
        value = {"digest": seen.digest, "holds": not problems, "problems": problems, "place": seen.place}
        out.value({**value, "attestations": told, "verdict": seen.verdict, "foreign": seen.foreign, "others": seen.others})
    else:
        _show(seen, out)
    return EXIT_FOUND if seen.problems else 0


def _there(options: argparse.Namespace) -> bool:
    """Whether the attestations lie beside the image in its registry."""
    return options.image.startswith("registry:") and not options.attest


def _required(given: str) -> tuple[str, ...]:
    names = [name.strip() for name in given.split(",") if name.strip()] or list(_NAMES)
    unknown = [name for name in names if name not in _NAMES]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no kind of attestation.", f"Choose from {', '.join(_NAMES)}.")
    return tuple(REQUIRED[_NAMES[name]] for name in names)


def _show(seen: Verified, out: Output) -> None:
    rows = []
    for each in seen.attested:
        names = ", ".join(dict.fromkeys(s.name for s in each.statement.subject if s.name))
        kind = KINDS.get(each.kind, Text(each.kind, each.kind))
        rows.append((kind.pick(out.language), each.signer[:16], names or seen.digest[:19]))
    if rows:
        out.table([out.say(head) for head in _HEAD], rows)
    if seen.foreign:
        out.note(out.say(_FOREIGN.fill(count=seen.foreign)))
    verdict = seen.verdict
    if verdict is not None and verdict.passed:
        out.line(out.say(_VERDICT.fill(time=rfc3339(verdict.time), by=verdict.by or "?")))
        if verdict.allowed:
            out.line(out.paint(out.say(_ALLOWED.fill(count=verdict.failures, reason=verdict.allowed)), "yellow"))
    for problem in seen.problems:
        out.line(out.paint(out.say(problem), "red"))
    last = _BROKEN if seen.problems else _HOLDS
    out.line(out.paint(out.say(last.fill(digest=seen.digest)), "red" if seen.problems else "green"))
