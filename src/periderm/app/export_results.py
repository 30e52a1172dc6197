"""Exports results, bills of materials, verdicts, exceptions and attestations of stored images, signed, into one file that is
carried to another network. Changes nothing but the record of transfers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence

import msgspec

from periderm import __version__
from periderm.algorithms.documents import to_json
from periderm.algorithms.signing import Envelope, sign
from periderm.app.application import Application, require
from periderm.app.attest import ENDING, LARGEST, bundle_path
from periderm.app.audit import note
from periderm.app.images import image_state
from periderm.flow.transfer import Content, pack
from periderm.formats.cyclonedx import writing
from periderm.model.advisory import AdvisoryInfo
from periderm.model.envelope import ScanResult
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.places import ImageState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every
from periderm.model.report import Report, TargetKind
from periderm.model.transfer import Part, Transfer
from periderm.ports.documents import Documents

MOST_IMAGES = 5_000
_AT_ONCE = 1_000
_LONGEST = 100


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file, and its record."""

    transfer: Transfer
    names: tuple[str, ...]
    verdicts: int
    exceptions: int
    attestations: int


def export_results(
    app: Application,
    who: Principal,
    documents: Documents,
    references: Sequence[str],
    key: bytes,
    *,
    out: str,
    source: str,
    bundles: str = "",
    exceptions: bool = True,
) -> Exported:
    """Writes the file. `references` are names, digests or ids of stored images, none for all; `source` names this network;
    `bundles` is the folder of attestations. Raises NotFoundError, UsageError, SignatureError, LimitError."""
    require(who, Permission.POLICY)
    if not source.strip() or len(source) > _LONGEST or not source.isprintable():
        raise UsageError("The network that exports needs a name.", f"Give --as NAME, of at most {_LONGEST} characters.")
    states = _chosen(app, references)
    results = [_result(app, state) for state in states]
    verdicts = [v for state in states for v in app.store.verdicts(state.digest) if not v.source]
    kept = [e for e in app.store.exemptions() if e.source == "store" and e.expires > app.clock.now()] if exceptions else []
    contents = [part for result, state in zip(results, states, strict=True) for part in _parts(result, state)]
    if verdicts:
        contents.append(Content("verdicts.json.zst", Part.VERDICTS, to_json(verdicts, indent=0)))
    if kept:
        contents.append(Content("exceptions.json.zst", Part.EXCEPTIONS, to_json(kept, indent=0)))
    attested = list(_attestations(documents, bundles, states)) if bundles else []
    now = app.clock.now()
    data = pack([*contents, *attested], key, source=source, exported=now, product=f"periderm {__version__}", by=who.name)
    documents.write(out, data)
    transfer = Transfer(
        id=f"export {hashlib.sha256(data).hexdigest()}",
        direction="export",
        source=source,
        signer=_signer(key),
        exported=now,
        time=now,
        by=who.name,
        images=len(states),
        outcome={"exported": len(contents) + len(attested)},
    )
    with app.store.transaction():
        app.store.put_transfer(transfer)
        note(app, who, "results.export", transfer.id, f"{len(states)} images, as {source}")
    names = tuple(state.name or state.digest for state in states)
    return Exported(transfer=transfer, names=names, verdicts=len(verdicts), exceptions=len(kept), attestations=len(attested))


def _chosen(app: Application, references: Sequence[str]) -> list[ImageState]:
    if references:
        found = [_named(app, reference) for reference in dict.fromkeys(references)]
        found = list({state.digest: state for state in found}.values())
    else:
        found = list(_images(app, Query(state="scanned", limit=_AT_ONCE)))
    if len(found) > MOST_IMAGES:
        raise UsageError(f"There are more than {MOST_IMAGES} images.", "Name those that are to go: --images.")
    if not found:
        raise NotFoundError("No image has been scanned and stored here.", "Store one: periderm scan image NAME --store.")
    return sorted(found, key=lambda state: state.digest)


def _images(app: Application, query: Query) -> Iterator[ImageState]:
    return every(app.store.images, query, MOST_IMAGES + 1)


def _named(app: Application, reference: str) -> ImageState:
    """An image by its digest, its asset's id, or a name that it has, with or without its tag."""
    try:
        state = image_state(app, reference)
    except NotFoundError:
        names = (reference, f"{reference}:latest", f"localhost/{reference}", f"localhost/{reference}:latest")
        fitting = [s for s in _images(app, Query(text=reference, limit=_AT_ONCE)) if {s.name, *s.references} & set(names)]
        if not fitting:
            raise
        state = max(fitting, key=lambda s: s.scanned_at)
    if app.store.inventory(state.digest) is None:
        raise NotFoundError(f"{reference} is known and has not been scanned.", "Scan it: periderm scan image NAME --store.")
    return state


def _result(app: Application, state: ImageState) -> ScanResult:
    """The stored result, whole."""
    header = app.store.scan_results(Query(image_digest=state.digest, limit=1)).items
    if not header:
        raise NotFoundError(f"{state.name or state.digest} has no stored result.", "Scan it again with --store.")
    findings = every(app.store.findings, Query(image_digest=state.digest, order="severity", limit=_AT_ONCE))
    found = tuple(sorted(findings, key=lambda f: f.id))
    return msgspec.structs.replace(header[0], findings=found, inventory=app.store.inventory(state.digest), node_id="")


def _parts(result: ScanResult, state: ImageState) -> Iterator[Content]:
    digest = result.image_digest
    plain = digest.removeprefix("sha256:")
    yield Content(f"results/{plain}.json.zst", Part.RESULT, to_json(result, indent=0), digest)
    if result.inventory is None:
        return
    report = Report(
        kind=TargetKind.IMAGE,
        target=state.name or digest,
        time=result.time,
        seconds=result.seconds,
        version=__version__,
        inventory=result.inventory,
        findings=result.findings,
        advisories=AdvisoryInfo(digest=result.advisories),
    )
    yield Content(f"bills/{plain}.cdx.json.zst", Part.BILL, writing.write(report, reproducible=True), digest)


def _attestations(documents: Documents, folder: str, states: Sequence[ImageState]) -> Iterator[Content]:
    """The bundles of these images that lie in the folder."""
    for state in states:
        path = bundle_path(folder, state.digest)
        if os.sep not in state.digest and documents.exists(path):
            plain = state.digest.removeprefix("sha256:")
            data = documents.read(path, LARGEST)
            yield Content(f"attestations/{plain}{ENDING}.zst", Part.ATTESTATIONS, data, state.digest)


def _signer(key: bytes) -> str:
    """The id of the key that signs, as every signature of it tells."""
    return msgspec.json.decode(sign(b"", "text/plain", key), type=Envelope).signatures[0].keyid
