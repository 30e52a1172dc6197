"""Makes the whole report of one scan: opens what is named, reads it, has it judged, and says what counts.

The order of the work: the inventory (or the bill of materials that stands for it), its findings, the vulnerabilities and
licences of its packages, then VEX statements and exceptions, which take findings away and say why.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm import __version__
from periderm.app.application import require
from periderm.app.beside import Named, read_exemptions, read_policy, read_statements
from periderm.app.scan_image import ImageScanner, scan_reference
from periderm.flow.progress import Progress, quiet
from periderm.model.errors import SandboxError, UsageError
from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.report import ALL_SCANNERS, Report, Scanner, TargetKind
from periderm.model.text import Text
from periderm.model.vulnerability import VexStatement
from periderm.ports.advisories import AdvisorySource
from periderm.ports.clock import Clock
from periderm.ports.documents import Documents
from periderm.ports.known_images import KnownImages

if TYPE_CHECKING:
    from periderm.algorithms.licences.policy import LicencePolicy
    from periderm.engines.vulnerability.surroundings import Surroundings
    from periderm.flow.vulnerabilities import Judgement

_SOURCES = {TargetKind.FILESYSTEM: "folder", TargetKind.REPOSITORY: "source", TargetKind.CONTAINER: "container"}
_BUILT = frozenset({TargetKind.IMAGE, TargetKind.CONTAINER, TargetKind.SBOM})
_JUDGED = frozenset({Scanner.VULNERABILITIES, Scanner.LICENCES})
_BY_ADDRESS = ("https://", "http://", "ssh://", "git://", "git@")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for. `target` is as they wrote it; `image` chooses one of an archive of several. Files: of
    exceptions ('' the usual place, if there is one), of VEX statements, of a licence policy. `offline` fetches nothing."""

    kind: TargetKind
    target: str
    image: str = ""
    scanners: frozenset[Scanner] = ALL_SCANNERS
    exceptions: str = ""
    vex: tuple[str, ...] = ()
    licence_policy: str = ""
    ignore_unfixed: bool = False
    files: bool = False
    offline: bool = False


class ReportParts(msgspec.Struct, frozen=True):
    """What `scan_target` works with. `gaps` tells, after a scan, what its sandbox lacked on this kernel;
    `known` what is known of other images, `around` how a container runs, by its id or name."""

    scanner: ImageScanner
    documents: Documents
    clock: Clock
    advisories: Callable[[], AdvisorySource]
    gaps: Callable[[], Sequence[Text]] = tuple
    known: Callable[[], KnownImages] | None = None
    around: Callable[[str], Surroundings] | None = None


def scan_target(parts: ReportParts, order: Order, *, progress: Progress = quiet, who: Principal = LOCAL_ADMIN) -> Report:
    """The report. Raises PeridermError: what cannot be opened, read, or is asked for in a wrong way."""
    require(who, Permission.READ)
    began = parts.clock.monotonic()
    beside = _beside(parts, order)
    with contextlib.ExitStack() as stack:
        known = functools.cache(lambda: _known(parts, order, stack))
        inventory, found = _examined(parts, order, progress, known, who)
        progress("Looking up what is known of its packages", None)
        now = parts.clock.now()
        images = parts.known() if parts.known is not None and order.kind in _BUILT else None
        around = parts.around(order.target) if parts.around is not None and order.kind is TargetKind.CONTAINER else None
        judged = _judged(order, inventory, beside, known(), others=found, now=now, images=images, around=around)
    counting, unfixed = _with_a_fix(judged.findings) if order.ignore_unfixed else (judged.findings, 0)
    if not order.files:
        inventory = _without_files(inventory)
    return Report(
        kind=_kind(order),
        target=order.target or "host",
        time=now,
        seconds=(parts.clock.monotonic() - began) / 1e9,
        version=__version__,
        inventory=inventory,
        findings=counting,
        not_affected=judged.not_affected,
        excepted=judged.excepted,
        exceptions=judged.exceptions,
        plan=judged.plan,
        advisories=judged.advisories,
        base=judged.base,
        unfixed=unfixed,
        scanners=tuple(sorted(order.scanners)),
    )


def _kind(order: Order) -> TargetKind:
    """A folder of source code is no repository by its address."""
    if order.kind is TargetKind.REPOSITORY and not order.target.startswith(_BY_ADDRESS):
        return TargetKind.SOURCE
    return order.kind


def _examined(
    parts: ReportParts, order: Order, progress: Progress, meanwhile: Callable[[], object], who: Principal
) -> tuple[ImageInventory, tuple[Finding, ...]]:
    """What is in the target, and what is wrong with it besides its packages. `meanwhile` may be called, or not."""
    if order.kind is TargetKind.SBOM:
        return _bill(parts, order.target, progress), ()
    if order.offline and order.kind is TargetKind.REPOSITORY and order.target.startswith(_BY_ADDRESS):
        raise UsageError(f"{order.target} lies behind a network, and --offline was given.", "Clone it, and scan the folder.")
    reference = order.target
    if order.kind is TargetKind.HOST:
        reference = "host:/"
    elif order.kind in _SOURCES:
        where = os.path.abspath(order.target) if order.kind is TargetKind.FILESYSTEM else order.target
        reference = f"{_SOURCES[order.kind]}:{where}"
    result = scan_reference(
        parts.scanner,
        reference,
        name=order.image,
        progress=progress,
        scanners=order.scanners | {Scanner.PACKAGES},
        meanwhile=meanwhile,
        who=who,
    )
    if result.inventory is None:
        raise UsageError(f"{order.target} gave no inventory: {result.failure}.", "Scan it again.")
    return result.inventory, result.findings


def _bill(parts: ReportParts, path: str, progress: Progress) -> ImageInventory:
    """What a bill of materials tells, read behind the sandbox's walls where there is a sandbox: a document can be made to
    take far more memory than its size."""
    from periderm.flow.bills import MOST, read_bill

    data = parts.documents.read(path, MOST)
    sandbox, limits = parts.scanner.sandbox, parts.scanner.limits
    if sandbox is None:
        return read_bill(data, path)
    answer = sandbox.run(
        lambda *_: msgspec.msgpack.encode(read_bill(data, path)),
        progress,
        readable=(),
        writable=(),
        memory=limits.memory,
        file=0,
        answer=limits.answer,
        seconds=limits.seconds,
    )
    try:
        return msgspec.msgpack.decode(answer, type=ImageInventory)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SandboxError(f"The process that read {path} gave no answer that can be read.", "Scan it again.") from error


def _known(parts: ReportParts, order: Order, stack: contextlib.ExitStack) -> AdvisorySource | None:
    """What judging needs, loaded and opened; `stack` closes it. None if no vulnerabilities are asked for."""
    if order.scanners & _JUDGED:
        import periderm.flow.vulnerabilities  # noqa: F401 -- loaded now, used by `_judged`
    if Scanner.VULNERABILITIES not in order.scanners:
        return None
    source = parts.advisories()
    stack.callback(source.close)
    return source


def _judged(
    order: Order,
    inventory: ImageInventory,
    beside: _Beside,
    source: AdvisorySource | None,
    *,
    others: tuple[Finding, ...],
    now: int,
    images: KnownImages | None = None,
    around: Surroundings | None = None,
) -> Judgement:
    """What is known of the packages, and what of all that counts."""
    from periderm.flow.vulnerabilities import NOTHING, Judgement, judge_inventory

    if not order.scanners & _JUDGED:
        from periderm.algorithms.exceptions import apply

        names = (inventory.reference,) if inventory.reference else ()
        applied = apply(beside.exemptions, others, now, names, (inventory.digest,))
        return Judgement(applied.kept, excepted=applied.excepted, exceptions=applied.by)
    return judge_inventory(
        inventory,
        source,
        now=now,
        others=others,
        vex=beside.statements,
        exemptions=beside.exemptions,
        licence_policy=beside.policy,
        known=images,
        surroundings=around or NOTHING,
    )


class _Beside(msgspec.Struct, frozen=True):
    """What was read before the scan began, so that a mistake in it costs no time."""

    exemptions: tuple[Exemption, ...]
    statements: tuple[VexStatement, ...]
    policy: LicencePolicy | None


def _beside(parts: ReportParts, order: Order) -> _Beside:
    in_a_folder = order.kind is TargetKind.REPOSITORY and not order.target.startswith(_BY_ADDRESS)
    named = Named(
        exceptions=order.exceptions,
        licences=order.licence_policy,
        vex=order.vex,
        folder=order.target if in_a_folder else "",
    )
    policy = read_policy(parts.documents, named) if Scanner.LICENCES in order.scanners else None
    return _Beside(read_exemptions(parts.documents, named), read_statements(parts.documents, named), policy)


def _with_a_fix(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], int]:
    """(findings without the vulnerabilities that nobody has mended, how many those are)."""
    kept = tuple(f for f in findings if f.vulnerability is None or f.vulnerability.fixed_in)
    return kept, len(findings) - len(kept)


def without_files(report: Report) -> Report:
    """The report without the lists of files of all packages."""
    return msgspec.structs.replace(report, inventory=_without_files(report.inventory))


def _without_files(inventory: ImageInventory) -> ImageInventory:
    """The lists of files of all packages are most of an inventory, and few ask for them."""
    packages = tuple(msgspec.structs.replace(p, files=()) if p.files else p for p in inventory.packages)
    return msgspec.structs.replace(inventory, packages=packages)
