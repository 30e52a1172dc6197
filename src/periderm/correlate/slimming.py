"""What of an image was never used, by what was seen in use and what its workloads' baselines know; and the VEX statements that
follow. Looks at nothing itself.

Use that leaves no trace is never called absence: a package is unused only if it has files that show when they are in use
(programs, shared libraries), and none of them was. Statements are made anew from what is known at the time: as soon as a
file of a package is seen in use, the newest statement says 'affected', and by OpenVEX's rule the newest one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from periderm.algorithms.path_patterns import Patterns
from periderm.engines.vulnerability.surroundings import Surroundings, complete, is_loaded
from periderm.model.baseline import Baseline
from periderm.model.behaviour import Aspect
from periderm.model.finding import Finding
from periderm.model.image import ExecutableFile, ImageInventory, Package
from periderm.model.slimming import MOST_TOLD, Slimming, UnusedPackage, UnusedProgram
from periderm.model.timestamps import rfc3339
from periderm.model.usage import FilesInUse
from periderm.model.vulnerability import VexStatement, VexStatus

WINDOW = 24 * 3600 * 10**9  # a shorter look says nothing of what runs once a day
NOT_EXECUTED = "vulnerable_code_not_in_execute_path"
_USES = frozenset((Aspect.PROGRAM, Aspect.EXECUTE, Aspect.READ, Aspect.WRITE))
_SECOND = 10**9


class Seen(msgspec.Struct, frozen=True):
    """What of an image is in use: the files of its inventory, and for how long anybody looked."""

    around: Surroundings
    since: int
    until: int


def seen(inventory: ImageInventory, use: FilesInUse | None, baselines: Iterable[Baseline]) -> Seen | None:
    """Everything that is known of the use of an image; None if nobody looked. A pattern of a baseline stands for all files of
    the image that it could mean."""
    baselines = tuple(baselines)
    if use is None and not any(baseline.observed for baseline in baselines):
        return None
    used = set(use.paths) if use is not None else set()
    patterns: set[str] = set()
    for baseline in baselines:
        for entry in baseline.entries:
            if entry.behaviour.aspect in _USES and entry.evidence.observed:
                told = (*f" {entry.behaviour.program}".split(" /")[1:], entry.behaviour.value.removeprefix("/"))
                used.update(path for path in told if path and "*" not in path)
                patterns.update(f"/{path}" for path in told if "*" in path)
    known = Patterns(patterns)
    files = {path for package in inventory.packages for path in package.files} | {file.path for file in inventory.executables}
    used |= {path for path in files - used if patterns and known.find(f"/{path}") is not None}
    starts = [use.since] if use is not None else []
    starts += [b.since * _SECOND for b in baselines if b.since]
    ends = [use.time] if use is not None else []
    ends += [(b.since + max(b.observed.values(), default=0)) * _SECOND for b in baselines if b.since]
    around = complete(Surroundings(loaded=frozenset(used)), inventory)
    return Seen(around, min(starts, default=0), max(ends, default=0))


def slim(inventory: ImageInventory, known: Seen, findings: Sequence[Finding], containers: int = 0) -> Slimming:
    """What was never used, and which findings leaving it out would end."""
    loaded = known.around.loaded or frozenset()
    programs = [file for file in inventory.executables if file.path not in loaded]
    uses = {package.purl: is_loaded(package, known.around) for package in inventory.packages}
    needed = _needed(inventory.packages, uses)
    unused = [p for p in inventory.packages if uses[p.purl] is False and p.on_disk]
    of = _vulnerabilities(findings)
    sizes = _sizes(inventory.executables)
    packages = [
        UnusedPackage(
            name=p.name,
            version=p.version,
            purl=p.purl,
            type=p.type,
            size=sizes.get(p.name, 0),
            needed_by=needed.get(p.name, ()),
            vulnerabilities=tuple(sorted(of.get(p.purl, ()))),
        )
        for p in unused
    ]
    packages.sort(key=lambda p: (bool(p.needed_by), -len(p.vulnerabilities), -p.size, p.name))
    gone = {p.purl for p in packages if not p.needed_by}
    ordered = sorted((f for f in findings if f.vulnerability is not None), key=lambda f: _order(f, uses))
    removed = [f.id for f in ordered if all(purl in gone for purl in purls_of(f))]
    away = set(removed)
    return Slimming(
        image_digest=inventory.digest,
        reference=inventory.reference,
        since=known.since,
        until=known.until,
        containers=containers,
        programs=tuple(sorted((UnusedProgram(f.path, f.size, f.package) for f in programs), key=_largest))[:MOST_TOLD],
        packages=tuple(packages[:MOST_TOLD]),
        used_programs=len(inventory.executables) - len(programs),
        unused_programs=len(programs),
        used_packages=sum(use is True for use in uses.values()),
        unjudged=sum(use is None for use in uses.values()),
        size=sum(file.size for file in programs),
        removed=tuple(removed),
        kept=tuple(f.id for f in ordered if f.id not in away),
    )


def statements(
    inventory: ImageInventory, known: Seen, findings: Iterable[Finding], now: int, containers: int = 0
) -> Iterator[VexStatement]:
    """One for each vulnerability of packages whose use shows: 'not affected' with the window as its evidence where none of
    its files was in use for long enough, 'under investigation' where the window is too short, 'affected' where one was (which
    withdraws what was said before). Where use leaves no trace nothing is said."""
    packages = {package.purl: package for package in inventory.packages}
    product = tuple(name for name in (inventory.digest, inventory.reference) if name)
    for finding in findings:
        found = finding.vulnerability
        about = [packages[purl] for purl in purls_of(finding) if purl in packages]
        uses = [is_loaded(package, known.around) for package in about]
        if found is None or not about or (None in uses and True not in uses):
            continue
        affected = True in uses
        whole = known.until - known.since >= WINDOW
        status = VexStatus.AFFECTED if affected else VexStatus.NOT_AFFECTED if whole else VexStatus.UNDER_INVESTIGATION
        yield VexStatement(
            vulnerability=found.id,
            aliases=found.aliases,
            products=product,
            subcomponents=purls_of(finding),
            status=status,
            justification=NOT_EXECUTED if status is VexStatus.NOT_AFFECTED else "",
            statement=_reason(about, known, containers),
            action=finding.remediation.en if affected else "",
            time=now,
        )


def purls_of(finding: Finding) -> tuple[str, ...]:
    """The packages that a finding is about."""
    found = finding.vulnerability
    return () if found is None else found.packages or (found.purl,)


def _reason(packages: Sequence[Package], known: Seen, containers: int) -> str:
    loaded = known.around.loaded or frozenset()
    used = next((path for package in packages for path in package.files if path in loaded), "")
    used = used or next((package.name for package in packages if is_loaded(package, known.around)), "")
    span = f"between {rfc3339(known.since)} and {rfc3339(known.until)}"
    if used:
        return f"Withdrawn if it was said to be out of use: {used} was seen in use {span}."
    count = sum(len(package.files) or 1 for package in packages)
    hours = max(0, known.until - known.since) // (3600 * _SECOND)
    return (
        f"None of its {count} files was executed, loaded or held open {span} ({hours} hours, {containers} containers running "
        f"at the end). The statement is withdrawn when one is."
    )


def _needed(packages: Iterable[Package], uses: dict[str, bool | None]) -> dict[str, tuple[str, ...]]:
    """By package: up to three of those in use (or whose use shows not) that ask for it, directly or through others."""
    by_name: dict[str, list[Package]] = {}
    for package in packages:
        for name in {package.name, package.purl, package.purl.partition("?")[0]}:
            by_name.setdefault(name, []).append(package)
    needed: dict[str, set[str]] = {}
    for root in packages:
        if uses[root.purl] is False:
            continue
        todo, met = [root], {root.purl}
        while todo:
            for name in todo.pop().dependencies:
                for wanted in by_name.get(name, ()):
                    if wanted.purl not in met:
                        met.add(wanted.purl)
                        todo.append(wanted)
                        needed.setdefault(wanted.name, set()).add(root.name)
    return {name: tuple(sorted(roots)[:3]) for name, roots in needed.items()}


def _vulnerabilities(findings: Iterable[Finding]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in findings:
        if finding.vulnerability is not None:
            for purl in purls_of(finding):
                found.setdefault(purl, set()).add(finding.vulnerability.id)
    return found


def _sizes(files: Iterable[ExecutableFile]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for file in files:
        sizes[file.package] = sizes.get(file.package, 0) + file.size
    return sizes


def _order(finding: Finding, uses: dict[str, bool | None]) -> tuple[int, float, str]:
    """Loaded before what nobody can say, before what was never loaded; then by priority."""
    told = [uses.get(purl) for purl in purls_of(finding)]
    rank = 0 if True in told else 1 if None in told or not told else 2
    return rank, -(finding.vulnerability.priority if finding.vulnerability is not None else 0.0), finding.id


def _largest(program: UnusedProgram) -> tuple[int, str]:
    return -program.size, program.path
