"""`periderm build`: builds an image with podman, buildah or docker, and lets it have its name only if it passes the gate;
scanned, judged, attested."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence

from periderm import wiring
from periderm.app.build import build_image
from periderm.app.build_command import TOOLS, read_command
from periderm.app.build_parts import BuildOrder, Image, Outcome
from periderm.app.judge_image import Judged, default_gate
from periderm.app.rule_gate import read_rules
from periderm.app.write_report import form_of, write_report
from periderm.cli.output import Output
from periderm.cli.scan_rules import asked_gate, rule_lines
from periderm.cli.scan_table import gate_line, show
from periderm.model.build import BuildCommand
from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.model.text import Text

EXIT_FOUND = 1
_FAILED = Text("The builder ended with status {status}; nothing was built.", "构建工具以状态 {status} 结束；没有构建镜像。")
_REFUSED = Text(
    "Refused: {name} was not given to the new image {id}. Change what is named above and build again, or say why it may pass: "
    "--allow REASON",
    "已拒绝：未将 {name} 赋予新镜像 {id}。请修改上面列出的内容后重新构建，或说明放行理由：--allow REASON",
)
_UNBUILT = Text(
    "Refused: nothing was built. Change {path} as told above, or say why it may pass: --allow REASON",
    "已拒绝：没有构建。请按上述说明修改 {path}，或说明放行理由：--allow REASON",
)
_ALLOWED = Text("Allowed, though {count} findings speak against it: {reason}", "尽管有 {count} 个弱点，仍已放行：{reason}")
_PASSED = Text("Passed: {id} is now {name}", "通过：{id} 现名为 {name}")
_PUSHED = Text("Pushed: {name}@{digest}", "已推送：{name}@{digest}")
_BUNDLE = Text(
    "Attestations: {path} (check: periderm verify {name} --key PUBLIC)",
    "证明：{path}（检查：periderm verify {name} --key 公钥）",
)
_PASSED_NAMELESS = Text("Passed: {id}, which has no name (-t NAME gives it one)", "通过：{id}，尚无名称（可用 -t 名称 指定）")
_BUNDLE_ALONE = Text("Attestations: {path}", "证明：{path}")
_ATTACHED = Text("Attestations are in the registry too: {place}", "证明也已存入镜像仓库：{place}")
_NAMELESS = Text("an image without a name", "无名镜像")
_FIRST_KEY = Text(
    "A key pair to sign with was made. Give its public half to whoever checks: {path}",
    "已生成签名密钥对。请将公钥交给检查方：{path}",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command. The builder's own never come here: `builder_words.divide` has taken them."""
    parser.usage = (
        "periderm build [options] -- podman build …\n"
        "       periderm build [options] -t NAME FOLDER   (and any option of the builder's)"
    )
    parser.epilog = (
        "Without --fail-on and without a policy file these are refused: critical vulnerabilities with a fix, secrets, malware. "
        "Exit status 1: refused; the builder's own where it fails."
    )
    parser.add_argument(
        "--fail-on", metavar="CONDITION", default="", help="refuse an image with a finding that meets it, as `periderm scan`"
    )
    parser.add_argument(
        "--policy", metavar="FILE", default="", help="conditions with names and tests (default: .periderm/policy.yaml here)"
    )
    parser.add_argument("--allow", metavar="REASON", default="", help="let it pass, and put the reason into the attestation")
    parser.add_argument(
        "--exceptions", metavar="FILE", default="", help="what does not count (default: .periderm/exceptions.yaml here)"
    )
    parser.add_argument("--vex", metavar="FILE", action="append", default=[], help="statements of what does not affect it")
    parser.add_argument(
        "--key", metavar="FILE", default="", help="private key that signs (Ed25519, PEM; default: this machine's)"
    )
    parser.add_argument("--attest", metavar="DIR", default="", help="folder for the attestations (default: in the state)")
    parser.add_argument(
        "--report",
        metavar="FILE",
        action="append",
        default=[],
        help="write the scan's report too, in the form its name ends in",
    )
    parser.add_argument(
        "--builder",
        metavar="NAME",
        default="",
        help="podman, buildah or docker (default: what is here)",
    )
    parser.add_argument("--push", action="store_true", help="push what passed, and put the attestations beside it")
    parser.add_argument("--plain-http", action="store_true", help="with --push: the registry speaks HTTP without TLS")
    parser.add_argument("--store", action="store_true", help="keep result and verdict in this machine's store, as `up` does")
    parser.add_argument("--no-check", action="store_true", help="do not look at the build definition before building")
    parser.add_argument("--all", action="store_true", help="one row for each finding, however many there are")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Builds; 1 if the gate refuses."""
    command = read_command(_words(options.rest, options.builder))
    gate = asked_gate(options.fail_on, out)
    documents = wiring.documents()
    folder = _source_folder(command, options)
    pack = read_rules(documents, options.policy) or (read_rules(documents, "", folder) if folder else None)
    private, public, made = wiring.signing_key(settings, options.key)
    if made:
        out.note(out.say(_FIRST_KEY.fill(path=public)))
    parts = wiring.build_parts(settings, store=options.store, plain_http=options.plain_http)
    order = BuildOrder(
        command=command,
        gate=gate or (None if pack is not None else default_gate()),
        pack=pack,
        allow=options.allow.strip(),
        push=options.push,
        folder=wiring.attestation_folder(settings, options.attest),
        key=private,
        exceptions=options.exceptions,
        vex=tuple(options.vex),
        results_aside=out.json,
        plain_http=options.plain_http,
        check=not options.no_check,
    )
    outcome = build_image(parts, order, progress=out.progress)
    for path in options.report:
        _write(path, outcome, out)
    if out.json:
        out.value(_told(outcome))
    else:
        _show(outcome, command, options, parts.reports.clock.now(), out)
    return outcome.status or (EXIT_FOUND if outcome.refused else 0)


def _words(rest: Sequence[str], chosen: str) -> Sequence[str]:
    """The whole command line of the builder."""
    if rest[:1] == ["--"]:
        return rest[1:]
    if rest and os.path.basename(rest[0]) in TOOLS:
        return rest
    if chosen and os.path.basename(chosen) not in TOOLS:
        raise UsageError(f"{chosen!r} is no builder that is known here.", f"Choose one of {', '.join(TOOLS)}.")
    tool = chosen or next((name for name in TOOLS if shutil.which(name)), "")
    if not rest:
        raise UsageError("What is to be built?", "Write periderm build -t NAME FOLDER, or periderm build -- podman build …")
    if not tool:
        raise UsageError("No builder is installed here.", f"Install one of {', '.join(TOOLS)}.")
    return (tool, "build", *rest)


def _source_folder(command: BuildCommand, options: argparse.Namespace) -> str:
    """The folder that is built, whose own policy counts where none is named or here; '' for an address."""
    folder = command.context
    elsewhere = not folder or "://" in folder or options.policy or options.fail_on or not os.path.isdir(folder)
    return "" if elsewhere else folder


def _write(path: str, outcome: Outcome, out: Output) -> None:
    form = form_of(path)
    if not form:
        raise UsageError(f"In which form is {path} to be written?", "Let its name end in .sarif, .html, .json or .cdx.json.")
    for number, image in enumerate(outcome.images):
        stem, dot, ending = path.partition(".") if number else (path, "", "")
        wiring.documents().write(
            f"{stem}-{number + 1}{dot}{ending}" if number else path, write_report(image.report, form, out.language)
        )


def _told(outcome: Outcome) -> dict[str, object]:
    """The result as JSON: verdicts and places; the whole reports are written by --report."""
    return {
        "status": outcome.status,
        "refused": outcome.refused,
        "names": outcome.names,
        "definitions": [{"path": c.path, "verdict": c.judged.verdict} for c in outcome.checked],
        "images": [{"id": i.id, "verdict": i.judged.verdict, "attestations": i.bundle} for i in outcome.images],
        "pushed": outcome.pushed,
        "attached": outcome.attached,
    }


def _show(outcome: Outcome, command: BuildCommand, options: argparse.Namespace, now: int, out: Output) -> None:
    for checked in outcome.checked:
        if checked.report.findings:
            show(checked.report, out, whole=options.all, now=now)
            out.line()
        if not checked.judged.verdict.passed:
            _gate_said(checked.judged, out)
            out.line(out.paint(out.say(_UNBUILT.fill(path=checked.path)), "red"))
            return
    if outcome.status:
        out.note(out.say(_FAILED.fill(status=outcome.status)))
        return
    name = ", ".join(outcome.names or (*command.tags, command.manifest)).strip(", ") or out.say(_NAMELESS)
    for image in outcome.images:
        show(image.report, out, whole=options.all, now=now)
        _verdict(image, name, out)
    for pushed, digest in outcome.pushed.items():
        out.line(out.say(_PUSHED.fill(name=pushed, digest=digest)))
    for place in outcome.attached:
        out.line(out.say(_ATTACHED.fill(place=place)))


def _gate_said(judged: Judged, out: Output) -> None:
    if judged.gate is not None:
        gate_line(judged.tripped, judged.gate.text, out)
    rule_lines(judged.rules, out)


def _verdict(image: Image, name: str, out: Output) -> None:
    judged, verdict = image.judged, image.judged.verdict
    _gate_said(judged, out)
    if not verdict.passed:
        out.line(out.paint(out.say(_REFUSED.fill(name=name, id=image.id)), "red"))
        return
    if verdict.allowed:
        out.line(out.paint(out.say(_ALLOWED.fill(count=verdict.failures, reason=verdict.allowed)), "yellow"))
    if name == out.say(_NAMELESS):
        out.line(out.paint(out.say(_PASSED_NAMELESS.fill(id=image.id[:19])), "green"))
        out.line(out.say(_BUNDLE_ALONE.fill(path=image.bundle)))
        return
    out.line(out.paint(out.say(_PASSED.fill(id=image.id[:19], name=name)), "green"))
    out.line(out.say(_BUNDLE.fill(path=image.bundle, name=name.partition(",")[0])))
