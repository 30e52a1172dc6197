"""Imports what another network exported: looks at everything first, says what would change, and then stores it in one step,
marked with where it came from and who signed.

What is older than what is here does not replace it, exceptions are taken only from signers who are trusted with those, and
nothing that was made here is overwritten by a name that another network chose.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from periderm.algorithms.signing import key_id
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.exemptions import check_exemption
from periderm.flow.transfer import Opened, unpack
from periderm.model.asset import Image
from periderm.model.build import Verdict
from periderm.model.envelope import ScanResult
from periderm.model.errors import DeniedError, FormatError, UsageError
from periderm.model.exception import Exemption
from periderm.model.identity import image_id
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.text import Text
from periderm.model.transfer import Carried, Manifest, Member, Part, Transfer

Value = TypeVar("Value")
PREFIX = "import:"  # of an exception's source, and in the name of who made it
_OLDER = Text("what is here is newer", "此处的内容更新")
_NOT_FOR_EXCEPTIONS = Text("who signed is not trusted with exceptions", "签名者无权提供例外")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of an export: 'added', 'updated', 'unchanged', 'kept' (what is here stays), 'refused'; and why."""

    part: Part
    name: str
    outcome: str
    why: Text = Text("", "")


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do. `bundles` and `bills` are files for whoever wants them, by the image's digest."""

    manifest: Manifest
    signer: str
    steps: tuple[Step, ...]
    again: bool
    bundles: dict[str, bytes] = {}
    bills: dict[str, bytes] = {}

    def counts(self) -> dict[str, int]:
        """How many of each outcome."""
        return dict(sorted(Counter(step.outcome for step in self.steps).items()))


def import_results(
    app: Application,
    who: Principal,
    data: bytes,
    keys: Sequence[bytes],
    *,
    exception_keys: Sequence[bytes] = (),
    dry_run: bool = False,
) -> Imported:
    """Checks and stores an export. `keys` are public keys of who may export; `exception_keys` of who may also bring exceptions
    (they count as exporters too). Raises SignatureError, FormatError, LimitError, DeniedError for a replay; then nothing was
    stored."""
    require(who, Permission.POLICY)
    trusted = tuple(dict.fromkeys((*keys, *exception_keys)))
    if not trusted:
        raise UsageError("Nobody is trusted.", "Name the public key of who exports: --trust FILE.")
    opened = unpack(data, trusted)
    manifest, now = opened.manifest, app.clock.now()
    last = app.store.last_export(opened.signer, manifest.source)
    if manifest.exported < last:
        raise DeniedError(
            f"A newer export of {manifest.source} was imported before this one.", "Carry the newest: this one is a replay."
        )
    if manifest.exported > now + 86_400 * 10**9:
        raise DeniedError(f"The export of {manifest.source} is of the future.", "Compare the clocks of both networks.")
    again = manifest.exported == last
    allowed = opened.signer in {key_id(key) for key in exception_keys}
    run = _Run(app, who, opened, now, allowed=allowed, again=again)
    for member, content in opened.contents():
        run.read(member, content)
    if not dry_run:
        outcome = Counter(step.outcome for step in run.steps)
        transfer = Transfer(
            id=f"import {hashlib.sha256(data).hexdigest()}",
            direction="import",
            source=manifest.source,
            signer=opened.signer,
            exported=manifest.exported,
            time=now,
            by=who.name,
            images=sum(1 for member in manifest.members if member.part is Part.RESULT),
            outcome=dict(sorted(outcome.items())),
        )
        with app.store.transaction():
            for write in run.writes:
                write()
            app.store.put_transfer(transfer)
            note(app, who, "results.import", transfer.id, f"{transfer.images} images of {manifest.source}")
    return Imported(
        manifest=manifest, signer=opened.signer, steps=tuple(run.steps), again=again, bundles=run.bundles, bills=run.bills
    )


class _Run:
    """Decides about each part, and remembers what is to be written when all of it has been read."""

    def __init__(self, app: Application, who: Principal, opened: Opened, now: int, *, allowed: bool, again: bool) -> None:
        self._app, self._who, self._now, self._allowed = app, who, now, allowed
        self._beside = "unchanged" if again else "added"  # files that are only handed on
        self._manifest, self._signer = opened.manifest, opened.signer
        self.steps: list[Step] = []
        self.writes: list[Callable[[], None]] = []
        self.bundles: dict[str, bytes] = {}
        self.bills: dict[str, bytes] = {}

    def read(self, member: Member, data: bytes) -> None:
        """One part."""
        if member.part is Part.RESULT:
            self._result(_decoded(data, ScanResult, member))
        elif member.part is Part.VERDICTS:
            for verdict in _decoded(data, tuple[Verdict, ...], member):
                self._verdict(verdict)
        elif member.part is Part.EXCEPTIONS:
            for exemption in _decoded(data, tuple[Exemption, ...], member):
                self._exception(exemption)
        elif member.part is Part.ATTESTATIONS:
            self.bundles[_digest(member)] = data
            self._step(member.part, member.image, self._beside)
        else:
            self.bills[_digest(member)] = data
            self._step(member.part, member.image, self._beside)

    def _step(self, part: Part, name: str, outcome: str, why: Text | None = None) -> None:
        self.steps.append(Step(part=part, name=name, outcome=outcome, why=why or Text("", "")))

    def _result(self, result: ScanResult) -> None:
        inventory, digest = result.inventory, result.image_digest
        if inventory is None or inventory.digest != digest or not _is_digest(digest):
            raise FormatError(f"the result of {digest[:80]!r} is about something else.", "Ask who signed it.")
        name = inventory.reference or digest
        asset = image_id(digest)
        found = tuple(msgspec.structs.replace(f, asset_id=asset) for f in result.findings)
        result = msgspec.structs.replace(result, findings=found, node_id="", time=min(result.time, self._now))
        carried = Carried(
            image_digest=digest,
            source=self._manifest.source,
            signer=self._signer,
            scanned=result.time,
            exported=self._manifest.exported,
            imported=self._now,
            by=self._who.name,
        )
        old = self._app.store.carried(digest)
        here = self._app.store.scan_results(Query(image_digest=digest, limit=1)).items
        if old is not None and old.scanned == carried.scanned and old.signer == carried.signer:
            self._step(Part.RESULT, name, "unchanged")
            return
        if here and not here[0].failure and max(here[0].time, old.scanned if old else 0) >= result.time:
            self._step(Part.RESULT, name, "kept", _OLDER)
            return
        image = Image(
            id=asset,
            name=inventory.reference or digest,
            digest=digest,
            references=(inventory.reference,) if inventory.reference else (),
            size=inventory.size,
            os_name=inventory.os.pretty_name,
            first_seen=result.time,
            last_seen=result.time,
            scanned_at=result.time,
        )

        def write() -> None:
            self._app.store.put_assets([image])
            self._app.store.put_scan_result(result)
            self._app.store.put_carried(carried)

        self.writes.append(write)
        self._step(Part.RESULT, name, "updated" if here else "added")

    def _verdict(self, verdict: Verdict) -> None:
        if not _is_digest(verdict.image_digest):
            raise FormatError(f"a verdict is about {verdict.image_digest[:80]!r}.", "Ask who signed it.")
        verdict = msgspec.structs.replace(verdict, source=self._manifest.source, signer=self._signer)
        name = verdict.reference or verdict.image_digest
        old = next((v for v in self._app.store.verdicts(verdict.image_digest) if v.source == verdict.source), None)
        if old == verdict:
            self._step(Part.VERDICTS, name, "unchanged")
        elif old is not None and old.time > verdict.time:
            self._step(Part.VERDICTS, name, "kept", _OLDER)
        else:
            self.writes.append(lambda: self._app.store.put_verdict(verdict))
            self._step(Part.VERDICTS, name, "updated" if old else "added")

    def _exception(self, exemption: Exemption) -> None:
        if not self._allowed:
            self._step(Part.EXCEPTIONS, exemption.id, "refused", _NOT_FOR_EXCEPTIONS)
            return
        source = f"{PREFIX}{self._manifest.source}"
        taken = msgspec.structs.replace(
            exemption,
            id=stable_id("exc", source, self._signer, exemption.id),  # its own name could be that of one made here
            source=source,
            created_by=f"{exemption.created_by or '?'} ({source})"[:200],
        )
        try:
            taken = check_exemption(taken, self._now)
        except UsageError as error:
            self._step(Part.EXCEPTIONS, exemption.id, "refused", Text(error.what, error.what))
            return
        old = next((e for e in self._app.store.exemptions() if e.id == taken.id), None)
        if old == taken:
            self._step(Part.EXCEPTIONS, taken.id, "unchanged")
            return
        self.writes.append(lambda: self._app.store.put_exemption(taken))
        self._step(Part.EXCEPTIONS, taken.id, "updated" if old else "added")


def _decoded(data: bytes, kind: type[Value], member: Member) -> Value:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise FormatError(f"it cannot be read: {error}.", "It was made by another version.", where=member.name) from None


def _is_digest(digest: str) -> bool:
    algorithm, _, value = digest.partition(":")
    return algorithm == "sha256" and len(value) == 64 and not set(value) - set("0123456789abcdef")


def _digest(member: Member) -> str:
    """The image of a file for people, which becomes part of a path. Raises FormatError."""
    if not _is_digest(member.image):
        raise FormatError(f"it is about {member.image[:80]!r}.", "Ask who signed it.", where=member.name)
    return member.image
