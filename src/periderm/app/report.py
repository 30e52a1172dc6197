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
from periderm.algorithms.edits import with_edits
from periderm.app.application import require
from periderm.app.beside import FOLDER, TRUST, Named, read_exemptions, read_policy, read_statements
from periderm.app.scan_image import ImageScanner, scan_reference
from periderm.app.walled import read_walled
from periderm.flow.progress import Progress, quiet
from periderm.model.analysis import Analysis
from periderm.model.errors import UsageError
from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.identity import image_id
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
    from periderm.app.trust import TrustParts
    from periderm.engines.vulnerability.surroundings import Surroundings
    from periderm.flow.trust import Trusted
    from periderm.flow.vulnerabilities import Judgement
    from periderm.model.trust import TrustPolicy

_SOURCES = {
    TargetKind.FILESYSTEM: "folder",
    TargetKind.REPOSITORY: "source",
    TargetKind.CONTAINER: "container",
    TargetKind.PIPELINE: "pipeline",
}
_OF_CODE = frozenset({TargetKind.REPOSITORY, TargetKind.PIPELINE})
_BUILT = frozenset({TargetKind.IMAGE, TargetKind.CONTAINER, TargetKind.SBOM})
_JUDGED = frozenset({Scanner.VULNERABILITIES, Scanner.LICENCES})
_TRUSTED = frozenset({TargetKind.IMAGE, TargetKind.REPOSITORY, TargetKind.PIPELINE})
_BY_ADDRESS = ("https://", "http://", "ssh://", "git://", "git@")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for. `target` is as they wrote it; `image` chooses one of an archive of several. Files: of
    exceptions ('' the usual place, if there is one), of VEX statements, of a licence policy. `offline` fetches nothing.
    `platform` chooses an image in a registry ('linux/arm64'; '' this machine's)."""

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
    platform: str = ""
    reference: str = ""  # what to call it, where it does not lie under its own name
    staged: bool = False  # of a repository: only what git has staged
    sarif: tuple[str, ...] = ()  # files in which code analysers tell what they found
    trust: str = ""  # a trust policy ('' the usual place, if it is there)
    signatures: tuple[str, ...] = ()  # files and layout folders with signatures of the image


class ReportParts(msgspec.Struct, frozen=True):
    """What `scan_target` works with. `gaps` tells, after a scan, what its sandbox lacked on this kernel;
    `known` what is known of other images, `around` how a container runs, by its id or name. `trust` makes what asks for
    signatures."""

    scanner: ImageScanner
    documents: Documents
    clock: Clock
    advisories: Callable[[], AdvisorySource]
    gaps: Callable[[], Sequence[Text]] = tuple
    known: Callable[[], KnownImages] | None = None
    around: Callable[[str], Surroundings] | None = None
    trust: Callable[[], TrustParts] | None = None


def scan_target(parts: ReportParts, order: Order, *, progress: Progress = quiet, who: Principal = LOCAL_ADMIN) -> Report:
    """The report. Raises PeridermError: what cannot be opened, read, or is asked for in a wrong way."""
    require(who, Permission.READ)
    began = parts.clock.monotonic()
    if order.kind is TargetKind.PIPELINE:
        order = msgspec.structs.replace(order, scanners=frozenset({Scanner.CONFIGURATION}))
    beside = _beside(parts, order)
    said = _analyses(parts, order, progress)
    with contextlib.ExitStack() as stack:
        known = functools.cache(lambda: _known(parts, order, stack))
        inventory, found = _examined(parts, order, progress, known, who)
        progress("Looking up what is known of its packages", None)
        now = parts.clock.now()
        inventory, found = _with_analyses(inventory, found, said, now)
        if any(finding.ignored for finding in found):
            from periderm.flow.analysers import exemptions_of

            beside = msgspec.structs.replace(beside, exemptions=(*beside.exemptions, *exemptions_of(found, now)))
        images = parts.known() if parts.known is not None and order.kind in _BUILT else None
        trusted = _trusted(parts, order, beside, inventory, images=images, now=now, progress=progress)
        found = (*found, *(trusted.findings if trusted is not None else ()))
        around = parts.around(order.target) if parts.around is not None and order.kind is TargetKind.CONTAINER else None
        judged = _judged(order, inventory, beside, known(), others=found, now=now, images=images, around=around)
    counting, unfixed = _with_a_fix(judged.findings) if order.ignore_unfixed else (judged.findings, 0)
    if not order.files:
        inventory = _without_files(inventory)
    report = Report(
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
        trust=trusted.verdict if trusted is not None else None,
        scanners=tuple(sorted(order.scanners)),
    )
    return msgspec.structs.replace(report, plan=with_edits(report.plan, report.findings, report.places()))


def _trusted(
    parts: ReportParts,
    order: Order,
    beside: _Beside,
    inventory: ImageInventory,
    *,
    images: KnownImages | None,
    now: int,
    progress: Progress,
) -> Trusted | None:
    """What the trust policy says of an image, or of what source code builds on; None without a policy."""
    if beside.trust is None or parts.trust is None or order.kind not in _TRUSTED:
        return None
    from periderm.app.trust import TrustOrder, trust_of

    asked = TrustOrder(policy=beside.trust, signatures=order.signatures, offline=order.offline)
    known = images.images() if images is not None else ()
    image = order.kind is TargetKind.IMAGE
    return trust_of(parts.trust(), asked, inventory, known=known, now=now, image=image, progress=progress)


def _analyses(parts: ReportParts, order: Order, progress: Progress) -> tuple[Analysis, ...]:
    """What code analysers said, read before the scan, so that a mistake costs no time."""
    if not order.sarif:
        return ()
    from periderm.app.analyses import read_analyses

    root = order.target if order.kind in _OF_CODE and not order.target.startswith(_BY_ADDRESS) else ""
    return read_analyses(parts.scanner, parts.documents, order.sarif, root, progress)


def _with_analyses(
    inventory: ImageInventory, found: tuple[Finding, ...], said: Sequence[Analysis], now: int
) -> tuple[ImageInventory, tuple[Finding, ...]]:
    """The inventory, which tells what was left out, and one list of findings."""
    if not said:
        return inventory, found
    from periderm.flow.analysers import findings_of, merged

    results = [result for one in said for result in one.results]
    missed = tuple(sentence for one in said for sentence in one.left_out)
    inventory = msgspec.structs.replace(inventory, not_examined=(*inventory.not_examined, *missed))
    return inventory, merged(found, findings_of(results, image_id(inventory.digest), now))


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
    if order.offline and order.kind in _OF_CODE and order.target.startswith(_BY_ADDRESS):
        raise UsageError(f"{order.target} lies behind a network, and --offline was given.", "Clone it, and scan the folder.")
    reference = order.target
    if order.kind is TargetKind.HOST:
        reference = "host:/"
    elif order.staged:
        reference = f"staged:{os.path.abspath(order.target)}"
    elif order.kind is TargetKind.DISK:
        # What is mounted already is a folder, and needs no reading of ours.
        reference = f"{'folder' if os.path.isdir(order.target) else 'disk'}:{os.path.abspath(order.target)}"
    elif order.kind in _SOURCES:
        where = os.path.abspath(order.target) if order.kind is TargetKind.FILESYSTEM else order.target
        reference = f"{_SOURCES[order.kind]}:{where}"
    result = scan_reference(
        parts.scanner,
        reference,
        name=order.image or order.platform,
        progress=progress,
        scanners=order.scanners | {Scanner.PACKAGES},
        meanwhile=meanwhile,
        who=who,
        remote=not order.offline,
    )
    if result.inventory is None:
        raise UsageError(f"{order.target} gave no inventory: {result.failure}.", "Scan it again.")
    if order.reference:
        return msgspec.structs.replace(result.inventory, reference=order.reference), result.findings
    return result.inventory, result.findings


def _bill(parts: ReportParts, path: str, progress: Progress) -> ImageInventory:
    """What a bill of materials tells, read behind the sandbox's walls where there is a sandbox: a document can be made to
    take far more memory than its size."""
    from periderm.flow.bills import MOST, read_bill

    data = parts.documents.read(path, MOST)
    return read_walled(parts.scanner, path, lambda: read_bill(data, path), ImageInventory, progress)


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
    trust: TrustPolicy | None = None


def _beside(parts: ReportParts, order: Order) -> _Beside:
    in_a_folder = order.kind in _OF_CODE and not order.target.startswith(_BY_ADDRESS)
    named = Named(
        exceptions=order.exceptions,
        licences=order.licence_policy,
        vex=order.vex,
        folder=order.target if in_a_folder else "",
    )
    policy = read_policy(parts.documents, named) if Scanner.LICENCES in order.scanners else None
    trust = _trust_policy(parts, order, named.folder) if order.kind in _TRUSTED else None
    return _Beside(read_exemptions(parts.documents, named), read_statements(parts.documents, named), policy, trust)


def _trust_policy(parts: ReportParts, order: Order, folder: str) -> TrustPolicy | None:
    """The policy that was named, or the usual one; a scan without one loads nothing of it."""
    if not order.trust and not parts.documents.exists(os.path.join(folder, FOLDER, TRUST)):
        return None
    from periderm.app.trust import read_trust

    return read_trust(parts.documents, order.trust, folder)


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
