"""Searches over what scans found: 1,000 images of 1,000 packages and some 200 vulnerabilities each, made up here.
A tenth of the packages are the base that all share; one in five has a vulnerability.

Prints how long one image takes to store and each question takes to answer (median and worst of 30), and the ratio to the
floor: answering from a row that is named by its key. Run: python bench/search.py [IMAGES [PACKAGES]].
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Container, Image
from periderm.model.envelope import ScanResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.identity import image_id
from periderm.model.image import ImageConfig, ImageInventory, OsRelease, Package
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import Vulnerability

ROUNDS = 30
DISTINCT = 30  # times fewer names than there are packages: images share most of theirs
VULNERABLE = 5  # one package in so many has a vulnerability
_random = random.Random(4)  # noqa: S311 -- the same images in every run
WORDS = Text("Upgrade it", "请升级")


def pool(size: int) -> list[Package]:
    """Packages that images choose from: of several kinds, names and versions."""
    made = []
    for n in range(size):
        kind = ("deb", "pypi", "npm", "golang", "maven")[n % 5]
        name, version = f"{'lib' if n % 3 else 'py'}{_word(n)}-{n % 977}", f"{n % 9}.{n % 31}.{n % 7}"
        purl = f"pkg:{kind}/{name}@{version}"
        made.append(Package(name=name, version=version, type=kind, purl=purl, path=f"usr/lib/{name}", layer="sha256:l0"))
    return made


def _word(n: int) -> str:
    return "".join(chr(97 + (n // 26**p) % 26) for p in range(4))


def result(number: int, packages: list[Package]) -> ScanResult:
    """What a scan of one image tells."""
    digest = f"sha256:{number:064x}"
    inventory = ImageInventory(
        digest=digest,
        reference=f"registry.test/team-{number % 20}/app-{number}:1",
        source="podman",
        config=ImageConfig(),
        os=OsRelease("debian", "12", "Debian GNU/Linux 12"),
        packages=tuple(packages),
        executables=(),
        layers=("sha256:l0", "sha256:l1"),
    )
    bad = [package for package in packages if int(package.name.rpartition("-")[2]) % VULNERABLE == 0]
    findings = tuple(finding(number, n, package) for n, package in enumerate(bad))
    return ScanResult(image_digest=digest, node_id="nod-1", time=10**18, seconds=1.0, findings=findings, inventory=inventory)


def finding(number: int, n: int, package: Package) -> Finding:
    """A vulnerability that many images share."""
    which = sum(map(ord, package.name)) * 7919 + len(package.version)
    known = Vulnerability(
        id=f"CVE-2026-{10_000 + which % 50_000}", purl=package.purl, name=package.name, version=package.version,
        fixed_in="9.9" * (which % 2), exploited=which % 50 == 0, probability=which % 100 / 100, priority=float(which % 100),
    )  # fmt: skip
    severity = Severity(2 + which % 4)
    return Finding(
        id=f"fnd-{number:06}-{n:05}", detector="IMG-VULNERABLE", kind=FindingKind.VULNERABILITY, severity=severity,
        asset_id=image_id(f"sha256:{number:064x}"), title=WORDS, message=WORDS, remediation=WORDS, location=package.path,
        package=package.name, purl=package.purl, vulnerability=known, first_seen=1, last_seen=1,
    )  # fmt: skip


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Median and worst, milliseconds of wall-clock."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(taken), max(taken)


def main() -> None:
    """Print the table."""
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(str(Path(folder) / "periderm.sqlite"), SystemClock())
        choice = pool(size * DISTINCT)
        store.put_assets(
            Image(id=image_id(f"sha256:{n:064x}"), name=f"app-{n}", digest=f"sha256:{n:064x}", last_seen=n)
            for n in range(images)
        )
        store.put_assets(
            Container(
                id=f"ctr-{n}", name=f"app-{n}", container_id=f"{n:064x}", runtime="podman", node_id="nod-1", running=True,
                image_digest=f"sha256:{n * 7 % images:064x}",
            )
            for n in range(images // 5)
        )  # fmt: skip
        taken = []
        base, others = choice[: size // 10], choice[size // 10 :]
        for number in range(images):
            told = result(number, base + _random.sample(others, size - len(base)))
            begun = time.perf_counter()
            store.put_scan_result(told)
            taken.append((time.perf_counter() - begun) * 1e3)
        first, last = taken[: max(1, images // 10)], taken[-max(1, images // 10) :]
        head, tail, worst = statistics.median(first), statistics.median(last), max(taken)
        print(
            f"storing an image of {size:,} packages: first tenth {head:.0f} ms, last tenth {tail:.0f} ms, worst {worst:.0f} ms"
        )
        begun = time.perf_counter()
        store.put_scan_result(result(images, _random.sample(choice, min(len(choice), 2000))))
        print(f"storing an image of 2,000 packages: {(time.perf_counter() - begun) * 1e3:.0f} ms")
        large = sum(path.stat().st_size for path in Path(folder).iterdir())
        print(f"the store: {large / 1e6:.0f} MB, {store.packages(Query(limit=1)).total:,} packages in places")
        ask(store)
        store.close()


def ask(store: SqlStore) -> None:
    """Each question that a page asks."""
    digest = f"sha256:{5:064x}"
    second = store.packages(Query(text="lib")).next_cursor
    name = store.packages(Query(limit=1)).items[0].name
    one = store.vulnerabilities(Query(limit=1)).items[0].id
    rows: tuple[tuple[str, Callable[[], object]], ...] = (
        ("floor: a finding by its id", lambda: store.finding("fnd-000005-00001")),
        ("packages, all", lambda: store.packages(Query())),
        ("packages, part of a name ('abc')", lambda: store.packages(Query(text="abc"))),
        ("packages, in most names ('lib')", lambda: store.packages(Query(text="lib"))),
        ("packages, the page after that", lambda: store.packages(Query(text="lib", cursor=second))),
        ("packages, nowhere ('zzzzzz')", lambda: store.packages(Query(text="zzzzzz"))),
        ("packages, by their whole name", lambda: store.packages(Query(text=f"={name}"))),
        ("packages of one image", lambda: store.packages(Query(image_digest=digest))),
        ("images, worst first", lambda: store.images(Query(order="severity"))),
        ("vulnerabilities by priority", lambda: store.vulnerabilities(Query())),
        ("vulnerabilities, exploited", lambda: store.vulnerabilities(Query(state="exploited"))),
        ("vulnerabilities, running", lambda: store.vulnerabilities(Query(state="running"))),
        ("vulnerabilities of one image", lambda: store.vulnerabilities(Query(image_digest=digest))),
        ("findings of one vulnerability", lambda: store.findings(Query(vulnerability=one))),
    )
    least = 0.0
    for title, work in rows:
        median, worst = timed(work)
        least = least or median
        print(f"{title:36}{median:8.2f} ms, worst {worst:8.2f} ms{median / least:10.1f} times the floor")


if __name__ == "__main__":
    main()
