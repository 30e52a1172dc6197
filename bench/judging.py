"""What judging costs: 1,000 packages against 300,000 advisories in a store on disk, step by step, cold and remembered.

The floor is what no judge can do without: reading the rows of those packages from the file and decoding them. The store is
made up (names, versions and how many advisories a package has follow a long tail), and is opened before the clock starts.
Prints; asserts nothing.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
from periderm.adapters.advisories_sqlite.writer import SqliteWriter
from periderm.engines.vulnerability.describe import advisory_ids, cve_ids, describe
from periderm.engines.vulnerability.match import find_matches
from periderm.engines.vulnerability.needs import needs
from periderm.engines.vulnerability.surroundings import Surroundings
from periderm.flow.advisory_merge import merge
from periderm.flow.vulnerabilities import judge_inventory
from periderm.model.advisory import Advisory, Affected, Exploitation, FeedInfo, PackageName, Score
from periderm.model.image import ImageConfig, ImageInventory, OsRelease, Package
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange

ADVISORIES = 300_000
PACKAGES = 1_000
NAMES = 120_000
POPULAR = 50  # packages with more than a hundred advisories each; the others have two or three
NOW = 1_790_000_000 * 10**9
ECOSYSTEMS = (
    ("Debian:12", "deb", Scheme.DEB),
    ("PyPI", "pypi", Scheme.PEP440),
    ("npm", "npm", Scheme.NPM),
    ("Go", "golang", Scheme.GO),
    ("Maven", "maven", Scheme.MAVEN),
)
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"


def name_of(number: int) -> str:
    """A package's name; Maven has groups."""
    return f"group{number % 500}:package{number}" if number % 5 == 4 else f"package{number}"


def advisories(count: int, chance: random.Random) -> Iterator[Advisory]:
    """Made-up ones."""
    for number in range(count):
        which = chance.randrange(POPULAR) if number % 50 == 0 else chance.randrange(NAMES)
        ecosystem, _, scheme = ECOSYSTEMS[which % 5]
        major = chance.randrange(1, 12)
        cve = f"CVE-20{10 + number % 17}-{1000 + number}"
        debian = ecosystem.startswith("Debian")
        yield Advisory(
            id=f"DEBIAN-{cve}" if debian else f"GHSA-{number:012d}",
            source="debian" if debian else "osv",
            aliases=() if debian else (cve,),
            upstream=(cve,) if debian else (),
            summary=f"A made-up fault number {number} in {name_of(which)}",
            scores=(Score("nvd", VECTOR, -1.0),),
            severity=Severity.HIGH,
            published=NOW - number * 10**12,
            affected=(
                Affected(
                    package=PackageName(ecosystem, name_of(which)),
                    scheme=scheme,
                    ranges=(
                        VersionRange(
                            introduced=f"{major}.0.0" if number % 3 else "", fixed=f"{major}.{number % 30}.{number % 7}"
                        ),
                    ),
                ),
            ),
        )


def image(chance: random.Random) -> ImageInventory:
    """A fifth of the packages are a distribution's. All popular ones are in it, and all are rather new."""
    packages = []
    numbers = [*range(POPULAR), *chance.sample(range(POPULAR, NAMES), PACKAGES - POPULAR)]
    for number in numbers:
        _, kind, _ = ECOSYSTEMS[number % 5]
        version = f"{chance.randrange(9, 12)}.{chance.randrange(30)}.{chance.randrange(7)}"
        name = name_of(number)
        packages.append(
            Package(
                name=name,
                version=version,
                type=kind,
                purl=f"pkg:{kind}/{name.replace(':', '/')}@{version}",
                path=f"srv/{number}",
            )
        )
    return ImageInventory(
        digest="sha256:" + "0" * 64,
        reference="bench",
        source="bench",
        config=ImageConfig(),
        os=OsRelease("debian", "12", "Debian 12"),
        packages=tuple(packages),
        executables=(),
    )


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of CPU: other programs do not count."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def build(path: str) -> None:
    """The store."""
    with SqliteWriter().writing(path) as writing:
        made = advisories(ADVISORIES, random.Random(1))  # noqa: S311 -- the same store in every run
        for advisory in made:
            writing.put(advisory, 0)
        for number in range(0, ADVISORIES, 2):
            writing.put_exploitation(
                Exploitation(cve=f"CVE-20{10 + number % 17}-{1000 + number}", probability=0.01, percentile=0.5)
            )
        writing.finish(merge, [FeedInfo(name="bench", advisories=ADVISORIES)], NOW)


def measure(path: str) -> None:
    """One process: cold, then again."""
    inventory = image(random.Random(2))  # noqa: S311 -- the same image in every run
    source = SqliteAdvisories(path)
    names = needs(inventory)
    for label in ("cold", "again"):
        steps: list[tuple[str, float]] = []
        steps.append(("needs", timed(lambda: needs(inventory))))
        hits = source.affecting(())
        began = time.process_time()
        hits = source.affecting(names)
        steps.append(("floor: reading rows", (time.process_time() - began) * 1000))
        began = time.process_time()
        matches = find_matches(inventory, hits)
        steps.append(("matching", (time.process_time() - began) * 1000))
        began = time.process_time()
        whole, known = source.advisories(advisory_ids(matches)), source.exploitations(cve_ids(matches))
        steps.append(("reading details", (time.process_time() - began) * 1000))
        began = time.process_time()
        describe(matches, inventory, whole, known, surroundings=Surroundings(), now=NOW)
        steps.append(("rating and ranking", (time.process_time() - began) * 1000))
        steps.append(("all of it with findings and plan", timed(lambda: judge_inventory(inventory, source, now=NOW))))
        rows = sum(map(len, hits.values()))
        print(f"{label}: {len(inventory.packages)} packages, {rows} rows, {len(matches)} vulnerable")
        for what, milliseconds in steps:
            print(f"  {what:34} {milliseconds:8.1f} ms")
        floor, total = steps[1][1], sum(milliseconds for _, milliseconds in steps[:3])
        print(f"  {'needs, look-up and matching':34} {total:8.1f} ms  ({total / floor:.2f} times the floor)")


def main() -> None:
    """Builds, then measures in a process of its own."""
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "advisories.sqlite")
        seconds = timed(lambda: build(path)) / 1000
        size = Path(path).stat().st_size / 1e6
        print(f"{ADVISORIES} advisories, built in {seconds:.1f} s, {size:.0f} MB")
        subprocess.run([sys.executable, __file__, path], check=True)


if __name__ == "__main__":
    main()
