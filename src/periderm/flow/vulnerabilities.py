"""Judges the packages of an inventory: asks the advisory store in bulk for what the engine needs, has it matched, rated and
ranked, then lets VEX statements and exceptions take findings away, whole, and plans what to change for the rest.

Reads no image: a stored inventory is judged in the same way as one that was just made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.algorithms.exceptions import apply
from periderm.engines import vulnerability as engine
from periderm.engines.vulnerability.base import recognise
from periderm.engines.vulnerability.base_move import Move, best_move, with_move, with_successor
from periderm.engines.vulnerability.coverage import assumptions, not_judged
from periderm.engines.vulnerability.describe import advisory_ids, cve_ids, describe
from periderm.engines.vulnerability.facts import Licensing, PackageFacts
from periderm.engines.vulnerability.lifetimes import newest
from periderm.engines.vulnerability.match import Match, find_matches
from periderm.engines.vulnerability.needs import needs
from periderm.engines.vulnerability.plan import plan
from periderm.engines.vulnerability.surroundings import Surroundings
from periderm.engines.vulnerability.vex import TAKES_AWAY, Statements
from periderm.model.advisory import AdvisoryInfo
from periderm.model.base_image import BaseEvidence, BaseImage, KnownImage
from periderm.model.exception import Excepted, Exemption
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageInventory
from periderm.model.vulnerability import PlannedChange, VexStatement
from periderm.ports.advisories import AdvisorySource
from periderm.ports.known_images import KnownImages

if TYPE_CHECKING:
    from periderm.algorithms.licences.policy import LicencePolicy

NOTHING = Surroundings()
_NO_ADVISORIES = AdvisoryInfo()


class Judgement(msgspec.Struct, frozen=True):
    """`findings` count, those of before first; `not_affected` and `excepted` were taken away by a VEX statement or an
    exception. `plan` is about what counts. `advisories` says what the packages were matched with,
    `base` on which image this one was built."""

    findings: tuple[Finding, ...]
    not_affected: tuple[Finding, ...] = ()
    excepted: tuple[Finding, ...] = ()
    exceptions: tuple[Excepted, ...] = ()
    plan: tuple[PlannedChange, ...] = ()
    advisories: AdvisoryInfo = _NO_ADVISORIES
    base: BaseImage = BaseImage()


def judge_inventory(
    inventory: ImageInventory,
    source: AdvisorySource | None,
    *,
    now: int,
    others: Sequence[Finding] = (),
    vex: Iterable[VexStatement] = (),
    exemptions: Iterable[Exemption] = (),
    digests: Sequence[str] = (),
    surroundings: Surroundings = NOTHING,
    licence_policy: LicencePolicy | None = None,
    known: KnownImages | None = None,
) -> Judgement:
    """All that is said of an inventory's packages. `others` are findings that were made before (secrets, configuration):
    exceptions count for them too. `digests` are further ones of the image (its manifest's) that exceptions may name.
    `known` are images
    among which the base image, and a better one, are looked for. Without `source` no vulnerability is looked for, without
    `licence_policy` no licence. Raises AdvisoryError."""
    images = known.images() if known is not None and inventory.config.diff_ids else ()
    base = recognise(inventory, images)
    if surroundings.base_layers is None and base.evidence in (BaseEvidence.LAYERS, BaseEvidence.BUILDER) and base.layers:
        surroundings = msgspec.structs.replace(surroundings, base_layers=frozenset(base.layers))
    licences = _licences(inventory, licence_policy) if licence_policy is not None else ()
    facts, info = _facts(inventory, source, surroundings, now=now, licences=licences)
    found = engine.findings(facts) if source is not None else engine.findings(facts, _WITHOUT_ADVISORIES)
    counting, not_affected = _honour(found, Statements(vex, inventory))
    names = tuple(n for n in (inventory.reference,) if n)
    applied = apply(exemptions, (*others, *counting), now, names, (inventory.digest, *digests))
    steps = plan(inventory, applied.kept, _matches(found, facts), _releases(applied.kept, inventory, now))
    move = _move(base, applied.kept, images, known)
    steps = with_move(steps, base, move, applied.kept)
    return Judgement(
        findings=applied.kept,
        not_affected=not_affected,
        excepted=applied.excepted,
        exceptions=applied.by,
        plan=with_successor(steps, base, inventory, applied.kept),
        advisories=info,
        base=base,
    )


def _licences(inventory: ImageInventory, policy: LicencePolicy) -> tuple[Licensing, ...]:
    """What the policy says; its tables are loaded only for whoever has one."""
    from periderm.engines.vulnerability.licensing import licensing

    return tuple(licensing(inventory, policy))


def _move(base: BaseImage, findings: Sequence[Finding], images: Sequence[KnownImage], known: KnownImages | None) -> Move | None:
    """A better tag, if the base image has a name and brought anything that counts."""
    brought = any(f.vulnerability is not None and f.vulnerability.from_base for f in findings)
    if known is None or not base.name or not brought:
        return None
    return best_move(base, findings, (*images, *known.scanned()), known.weaknesses)


_ADVISED = frozenset({"VUL-001", "VUL-004"})
_WITHOUT_ADVISORIES = tuple(d for d in engine.DETECTORS if d.spec.id not in _ADVISED)


def _facts(
    inventory: ImageInventory,
    source: AdvisorySource | None,
    surroundings: Surroundings,
    *,
    now: int,
    licences: tuple[Licensing, ...],
) -> tuple[PackageFacts, AdvisoryInfo]:
    """Needs, look-ups and matches, three questions to the store however many packages there are."""
    if source is None:
        return PackageFacts(inventory=inventory, licences=licences, now=now), AdvisoryInfo()
    info = source.info()
    hits = source.affecting(needs(inventory))
    matches = find_matches(inventory, hits)
    advisories = source.advisories(advisory_ids(matches)) if matches else {}
    exploitations = source.exploitations(cve_ids(matches)) if matches else {}
    facts = PackageFacts(
        inventory=inventory,
        matches=matches,
        vulnerabilities=describe(matches, inventory, advisories, exploitations, surroundings=surroundings, now=now),
        licences=licences,
        unjudged=not_judged(inventory, hits, info.ecosystems),
        assumed=assumptions(inventory, len(matches)),
        now=now,
    )
    return facts, info


def _honour(findings: Sequence[Finding], statements: Statements) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(those that count, those that a statement takes away), each with the newest statement that speaks of it."""
    if not statements:
        return tuple(findings), ()
    counting: list[Finding] = []
    away: list[Finding] = []
    for finding in findings:
        said = statements.newest(finding)
        if said is None or finding.vulnerability is None:
            counting.append(finding)
            continue
        told = msgspec.structs.replace(finding, vulnerability=msgspec.structs.replace(finding.vulnerability, vex=said))
        (away if said.status in TAKES_AWAY else counting).append(told)
    return tuple(counting), tuple(away)


def _matches(findings: Iterable[Finding], facts: PackageFacts) -> Mapping[str, Match]:
    """The match of each vulnerability finding, by the finding's id: both come from the same vulnerability."""
    by_vulnerability = {id(v): m for v, m in zip(facts.vulnerabilities, facts.matches, strict=True)}
    return {f.id: by_vulnerability[id(f.vulnerability)] for f in findings if id(f.vulnerability) in by_vulnerability}


def _releases(findings: Iterable[Finding], inventory: ImageInventory, now: int) -> Mapping[str, str]:
    """To which release to go, for each finding about one that is past its end."""
    targets: dict[str, str] = {}
    for finding in findings:
        if finding.kind is not FindingKind.END_OF_LIFE:
            continue
        target = newest(engine.releases_for(finding, inventory), now)
        targets[finding.id] = target.release if target is not None else ""
    return targets
