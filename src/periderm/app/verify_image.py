"""Checks the attestations of an image against public keys, offline: who signed, whether they are about this very image, whether
all are there, and what the gate said. Believes nothing that is not signed by a key that was named.

The image is read whole, so that what is compared is what lies there: its configuration's digest, and each layer against that.
Layers in a runtime's own storage lie unpacked, and their digests are that runtime's word.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence

import msgspec

from periderm.algorithms.signing import key_id, verify
from periderm.app.application import require
from periderm.app.attest import LARGEST, bundle_path
from periderm.app.scan_image import ImageScanner, scan_reference
from periderm.flow.progress import Progress, quiet
from periderm.formats import intoto
from periderm.model.build import Verdict
from periderm.model.errors import FormatError, NotFoundError, SignatureError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.report import Scanner
from periderm.model.text import Text
from periderm.ports.documents import Documents

REQUIRED = (intoto.PROVENANCE, intoto.BILL, intoto.VULNERABILITIES, intoto.SUMMARY)
MOST_ENVELOPES = 1_000
MOST_KEYS = 100
KINDS = {
    intoto.PROVENANCE: Text("provenance", "构建来源"),
    intoto.BILL: Text("bill of materials", "软件物料清单"),
    intoto.VULNERABILITIES: Text("vulnerabilities", "漏洞"),
    intoto.SUMMARY: Text("what the gate said", "门禁结论"),
}
_LACKS = Text("There is no attestation of {kind} that a trusted key signed.", "没有由可信密钥签名的「{kind}」证明。")
_REFUSED = Text("The gate refused this image: {names}", "门禁拒绝了该镜像：{names}")
_PARTS = Text(
    "The verdict names {count} attestations that are not here: some were taken away.",
    "结论所列的 {count} 份证明不在此处：有证明被移除。",
)


class Attested(msgspec.Struct, frozen=True, kw_only=True):
    """One attestation about this image that a trusted key signed. `signer` is the key's id."""

    kind: str
    signer: str
    sha256: str
    statement: intoto.Statement


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. It holds if there are no `problems`. `foreign` counts envelopes that no trusted key signed, `others`
    those that are about something else; `allowed` and who built it are in the verdict and the statements."""

    digest: str
    place: str
    attested: tuple[Attested, ...] = ()
    verdict: Verdict | None = None
    foreign: int = 0
    others: int = 0
    problems: tuple[Text, ...] = ()


def verify_image(
    scanner: ImageScanner,
    documents: Documents,
    reference: str,
    keys: Sequence[bytes],
    *,
    place: str,
    name: str = "",
    required: Sequence[str] = REQUIRED,
    bundle: Callable[[], bytes] | None = None,
    progress: Progress = quiet,
    who: Principal = LOCAL_ADMIN,
) -> Verified:
    """Looks at the image and at the bundle (a file, or the one below a folder; or what `bundle` fetches). Raises NotFoundError
    if there is none, SignatureError for a key that cannot be read, PeridermError for an image that cannot be opened."""
    require(who, Permission.READ)
    if not keys or len(keys) > MOST_KEYS:
        raise UsageError(
            "Nobody is trusted." if not keys else f"More than {MOST_KEYS} keys.", "Name the public key: --key FILE."
        )
    trusted = {key_id(key): key for key in keys}
    only = frozenset({Scanner.PACKAGES})
    digest = scan_reference(scanner, reference, name=name, progress=progress, scanners=only, who=who).image_digest
    if bundle is not None:
        return check_bundle(bundle(), (digest,), trusted, place, required)
    path = place if documents.exists(place) else bundle_path(place, digest)
    if not documents.exists(path):
        raise NotFoundError(
            f"There are no attestations of {digest[:19]} in {place}.", "Name their folder or file: --attest PATH."
        )
    return check_bundle(documents.read(path, LARGEST), (digest,), trusted, path, required)


def check_bundle(
    data: bytes, digests: Sequence[str], trusted: dict[str, bytes], place: str, required: Sequence[str] = REQUIRED
) -> Verified:
    """What a bundle (one envelope a line) says of the thing with one of these digests. Lines that are no envelopes are passed
    over, as the specification asks."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    if len(lines) > MOST_ENVELOPES:
        raise FormatError(f"there are more than {MOST_ENVELOPES} attestations.", where=os.path.basename(place))
    found: list[Attested] = []
    foreign = others = 0
    for line in lines:
        read = _read(line, trusted)
        if read is None:
            foreign += 1
        elif not read.statement.about(digests):
            others += 1
        else:
            found.append(read)
    verdict, problems = _judged(found, required, {hashlib.sha256(line).hexdigest() for line in lines})
    return Verified(
        digest=digests[0],
        place=place,
        attested=tuple(found),
        verdict=verdict,
        foreign=foreign,
        others=others,
        problems=tuple(problems),
    )


def _read(line: bytes, trusted: dict[str, bytes]) -> Attested | None:
    """An envelope of the first trusted key that signed it; None if none did, or if it holds no statement."""
    for signer, key in trusted.items():
        try:
            told = intoto.read_statement(verify(line, [key], intoto.PAYLOAD_TYPE))
        except (SignatureError, FormatError):
            continue
        return Attested(kind=told.predicate_type, signer=signer, sha256=hashlib.sha256(line).hexdigest(), statement=told)
    return None


def _judged(found: Sequence[Attested], required: Sequence[str], here: set[str]) -> tuple[Verdict | None, list[Text]]:
    """The newest verdict, and what is wrong."""
    kinds = {each.kind for each in found}
    problems = [
        Text(_LACKS.en.format(kind=_kind(kind).en), _LACKS.zh.format(kind=_kind(kind).zh))
        for kind in required
        if kind not in kinds
    ]
    verdict: Verdict | None = None
    newest: Attested | None = None
    for each in found:
        if each.kind != intoto.SUMMARY:
            continue
        try:
            read = intoto.read_summary(each.statement)
        except FormatError as error:
            problems.append(Text(error.what, error.what))
            continue
        if verdict is None or read.time >= verdict.time:
            verdict, newest = msgspec.structs.replace(read, signer=each.signer), each
    if verdict is None or newest is None:
        return None, problems
    if not verdict.passed:
        problems.append(_REFUSED.fill(names=", ".join(verdict.failing[:5])))
    if missing := _missing(newest.statement, here):
        problems.append(_PARTS.fill(count=missing))
    return verdict, problems


def _kind(kind: str) -> Text:
    return KINDS.get(kind, Text(kind, kind))


def _missing(summary: intoto.Statement, here: set[str]) -> int:
    """How many of the attestations that the verdict was made of are gone."""
    inputs = summary.predicate.get("inputAttestations")
    told = [i.get("digest") for i in inputs if isinstance(i, dict)] if isinstance(inputs, list) else []
    return sum(1 for digest in told if not isinstance(digest, dict) or digest.get("sha256") not in here)
