"""Prints what 300,000 advisories cost: building the store, its size, and matching 1,000 packages (aim: under 50 ms).

The advisories are made here, in the shapes and proportions of real feeds. Real ones come on top if a folder of feeds is
named by an argument or by PERIDERM_ADVISORIES. Each measured process is a fresh one, and does nothing else.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from periderm.model.image import ImageInventory

ADVISORIES, PACKAGES, ROUNDS = 300_000, 1_000, 7
# ecosystem, purl type, share of the advisories, distinct packages
KINDS = (
    ("npm", "npm", 40, 60_000),
    ("PyPI", "pypi", 12, 9_000),
    ("Maven", "maven", 8, 6_000),
    ("Go", "golang", 5, 4_000),
    ("Debian:12", "deb", 20, 4_000),
    ("Ubuntu:22.04:LTS", "deb", 15, 4_000),
)
TEXT = """a crafted request lets an attacker run code read files crash the server in versions before when parsing
untrusted input with default settings of library component header token path template query session"""
WORDS = TEXT.split()


def name_of(ecosystem: str, number: int) -> str:
    """A package's name, as that ecosystem writes them."""
    if ecosystem == "Maven":
        return f"org.example{number % 700}:artifact-{number}"
    return f"github.com/example{number % 900}/module{number}" if ecosystem == "Go" else f"package-{number}"


def record(number: int, chance: random.Random) -> dict[str, object]:
    """One advisory; a few packages have very many, as in reality."""
    ecosystem, _, _, distinct = chance.choices(KINDS, weights=[k[2] for k in KINDS])[0]
    package = int(distinct * chance.random() ** 3)
    events = []
    for major in range(chance.choice((1, 1, 1, 2, 3))):
        events += [
            {"introduced": f"{major}.0.0" if major else "0"},
            {"fixed": f"{major}.{chance.randrange(1, 30)}.{chance.randrange(9)}"},
        ]
    year = 2014 + number % 12
    vector = f"CVSS:3.1/AV:{chance.choice('NAL')}/AC:L/PR:N/UI:N/S:U/C:{chance.choice('HLN')}/I:H/A:H"
    affected = {
        "package": {"ecosystem": ecosystem, "name": name_of(ecosystem, package)},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    return {
        "id": f"BENCH-{year}-{number}",
        "modified": f"{year}-05-06T07:08:09Z",
        "published": f"{year}-01-02T03:04:05Z",
        "aliases": [f"CVE-{year}-{number:06}"],
        "summary": " ".join(chance.choices(WORDS, k=9)),
        "details": " ".join(chance.choices(WORDS, k=chance.randrange(30, 160))),
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": [affected],
        "references": [{"type": "WEB", "url": f"https://advisories.example/{number}"}],
    }


def make_feed(path: Path) -> None:
    """A zip in the form of a published OSV feed."""
    chance = random.Random(20)  # noqa: S311 -- the same data in every run
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(ADVISORIES):
            archive.writestr(f"BENCH-{number}.json", json.dumps(record(number, chance)))


def build(store: str, feeds: list[str]) -> None:
    """In a process of its own: builds, and prints figures as JSON."""
    from periderm.adapters.advisories_files import FeedFiles
    from periderm.adapters.advisories_sqlite.writer import SqliteWriter
    from periderm.adapters.clock_system import SystemClock
    from periderm.flow.advisories import build as building

    report = building(feeds, store, reading=FeedFiles(), writer=SqliteWriter(), clock=SystemClock())
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10  # with the feed's own pages, which are mapped
    anonymous = int(status["RssAnon"].split()[0]) >> 10
    told = {name: getattr(report, name) for name in ("advisories", "packages", "rows", "seconds", "size")}
    print(json.dumps({**told, "peak": peak, "anonymous": anonymous}))


def _now() -> tuple[float, float]:
    """(wall clock, processor time of this process), in seconds: on a busy machine only the second means something."""
    return time.perf_counter(), time.process_time()


def match(store: str) -> None:
    """In a process of its own: opens the store and judges an inventory, and prints milliseconds as JSON."""
    from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
    from periderm.engines.vulnerability.describe import advisory_ids, cve_ids, describe
    from periderm.engines.vulnerability.match import find_matches
    from periderm.engines.vulnerability.needs import needs
    from periderm.engines.vulnerability.surroundings import Surroundings

    inventory = inventory_of()
    marks = [_now()]
    source = SqliteAdvisories(store)
    marks.append(_now())
    hits = source.affecting(needs(inventory))
    marks.append(_now())
    matches = find_matches(inventory, hits)
    marks.append(_now())
    whole, known = source.advisories(advisory_ids(matches)), source.exploitations(cve_ids(matches))
    marks.append(_now())
    described = describe(matches, inventory, whole, known, surroundings=Surroundings(), now=time.time_ns())
    marks.append(_now())
    steps = [[round((b[i] - a[i]) * 1000, 2) for a, b in itertools.pairwise(marks)] for i in (0, 1)]
    rows = sum(len(each) for each in hits.values())
    print(json.dumps({"steps": steps, "rows": rows, "matches": len(matches), "told": len(described)}))


def inventory_of() -> ImageInventory:
    """A Debian 12 image with 1,000 packages: some 300 of Debian, the rest of four languages. A third have advisories."""
    from periderm.model.image import ImageConfig, ImageInventory, OsRelease, Package

    chance = random.Random(21)  # noqa: S311 -- the same packages in every run
    packages = []
    for number in range(PACKAGES):
        ecosystem, kind, _, distinct = KINDS[4] if number < 300 else KINDS[number % 4]
        name = name_of(ecosystem, chance.randrange(distinct * 3) if number % 3 else int(distinct * chance.random()))
        version = f"{chance.randrange(3)}.{chance.randrange(12, 40)}.{chance.randrange(9)}"  # most are up to date
        plain = name.replace(":", "/")
        packages.append(
            Package(name=name, version=version, type=kind, purl=f"pkg:{kind}/{plain}@{version}", path=f"srv/{number}")
        )
    return ImageInventory(
        digest="sha256:0",
        reference="bench",
        source="archive",
        config=ImageConfig(),
        os=OsRelease("debian", "12", "Debian 12"),
        packages=tuple(packages),
        executables=(),
    )


def run(*arguments: str) -> dict[str, Any]:
    """One measured process."""
    told = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def main(arguments: list[str]) -> int:
    """Builds and matches; with a command as its first argument it is one of the measured processes."""
    gc.set_threshold(50_000, 20, 50)  # as a command of the product runs (src/periderm/__main__.py)
    if arguments[:1] == ["build"]:
        build(arguments[1], arguments[2:])
        return 0
    if arguments[:1] == ["match"]:
        match(arguments[1])
        return 0
    folder = arguments[0] if arguments else os.environ.get("PERIDERM_ADVISORIES", "")
    with tempfile.TemporaryDirectory(prefix="matching-") as work:
        feed, store = Path(work) / "feed.zip", f"{work}/advisories.sqlite"
        make_feed(feed)
        real = (
            sorted(str(p) for p in Path(folder).iterdir() if p.suffix in (".zip", ".json", ".gz", ".xz", ".zst"))
            if folder
            else []
        )
        made = run("build", store, str(feed), *real)
        kind = "with" if real else "without"
        print(f"matching: {made['advisories']:,} advisories of {made['packages']:,} packages ({kind} real ones)")
        memory = f"peak {made['peak']} MiB with the mapped feed, {made['anonymous']} MiB without at the end"
        print(f"matching: built in {made['seconds']:.1f} s, {memory}, file {made['size'] / 2**20:.0f} MiB")
        runs = [run("match", store) for _ in range(ROUNDS)]
        for place, step in enumerate(("open", "look up", "match", "details", "rate")):
            wall, cpu = (statistics.median(r["steps"][i][place] for r in runs) for i in (0, 1))
            print(f"matching: {step:8} {wall:7.2f} ms, {cpu:7.2f} ms of processor time")
        total, cpu = (statistics.median(sum(r["steps"][i]) for r in runs) for i in (0, 1))
        rows, matches = runs[0]["rows"], runs[0]["matches"]
        print(f"matching: {PACKAGES} packages, {rows} rows, {matches} matches: {total:.1f} ms, processor {cpu:.1f} ms (aim 50)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
