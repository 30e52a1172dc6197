"""How long the server takes to draw a page, by itself: no network, no browser, a store with 10,000 findings, 200 scanned
images, and one of 2,000 packages with 1,000 vulnerabilities.

The floor is what the same answer costs as JSON from the API.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# Behind the path (E402): what the pages show is made in tests/, which is not installed.
from periderm.app.application import Application  # noqa: E402 -- after the path above
from periderm.app.events import list_events  # noqa: E402 -- after the path above
from periderm.app.findings import list_findings  # noqa: E402 -- the story lies in tests/, which is not installed
from periderm.app.images import list_images, show_image  # noqa: E402 -- after the path above
from periderm.app.incidents import list_incidents, show_incident  # noqa: E402 -- after the path above
from periderm.app.overview import show_overview  # noqa: E402 -- after the path above
from periderm.app.packages import search_packages  # noqa: E402 -- after the path above
from periderm.app.tested import show_coverage  # noqa: E402 -- after the path above
from periderm.app.vulnerabilities import list_vulnerabilities, show_vulnerability  # noqa: E402 -- after the path above
from periderm.console.pages import (  # noqa: E402 -- after the path above
    coverage,
    events,
    findings,
    images,
    incident,
    incidents,
    overview,
    packages,
    vulnerabilities,
)
from periderm.console.render import Ask  # noqa: E402 -- after the path above
from periderm.console.words import words_for  # noqa: E402 -- after the path above
from periderm.model.envelope import ScanResult  # noqa: E402 -- after the path above
from periderm.model.event_query import EventQuery  # noqa: E402 -- after the path above
from periderm.model.exercise import Outcome  # noqa: E402 -- after the path above
from periderm.model.image import Package  # noqa: E402 -- after the path above
from periderm.model.principal import LOCAL_ADMIN  # noqa: E402 -- after the path above
from periderm.model.query import Query  # noqa: E402 -- after the path above
from tests import scanned, story  # noqa: E402 -- after the path above
from tests.app.test_tested import result, run  # noqa: E402 -- after the path above
from tests.past import history, some  # noqa: E402 -- after the path above

ROUNDS = 30
MANY = 10_000
IMAGES = 200
LARGE = "sha256:" + "5" * 64
STATIC = {"console.css": "/a.css", "console.js": "/a.js", "mark.svg": "/a.svg"}


def milliseconds(work: Callable[[], object]) -> float:
    """Median of the CPU time of one call, after a warm-up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1e3)
    return statistics.median(taken)


def put_large_image(app: Application) -> None:
    """One image of 2,000 packages, half of which have a vulnerability."""
    now = app.clock.now()
    base = scanned.inventory()
    many = tuple(
        Package(
            name=f"lib-{n}", version="1.0", type="deb", purl=f"pkg:deb/debian/lib-{n}@1.0", layer=scanned.LAYERS[n % 4],
            path="var/lib/dpkg/status", licence="MIT",
        )
        for n in range(2000)
    )  # fmt: skip
    one = scanned.findings(now)[0]
    known = one.vulnerability or sys.exit("the story has no vulnerability")
    bad = []
    for n, package in enumerate(many[::2]):
        v = msgspec.structs.replace(known, id=f"CVE-2098-{n:04}", name=package.name, purl=package.purl, source=f"src-{n % 100}")
        bad.append(msgspec.structs.replace(one, id=f"fnd-large-{n}", purl=package.purl, layer=package.layer, vulnerability=v))
    told = msgspec.structs.replace(base, digest=LARGE, packages=many)
    app.store.put_scan_result(
        ScanResult(image_digest=LARGE, node_id="n", time=now, seconds=1.0, findings=tuple(bad), inventory=told)
    )


def event_rows(
    app: Application, folder: Path, ask: Callable[..., Ask]
) -> tuple[tuple[str, Callable[[], object], Callable[[], object]], ...]:
    """The pages of issue five: coverage after a run of the self-test, and events of a history of 10,000."""
    past = history(folder)
    for at in range(10):
        past.append(some(MANY // 10, at=at * 10.0))
    past.flush()
    app.store.put_selftest(run(5, *(result(f"EXE-{n}", Outcome.SEEN, "T1059", seconds=0.5) for n in range(100))))
    keeping = msgspec.structs.replace(app, history=past)

    def asked(**query: str) -> Ask:
        return msgspec.structs.replace(ask("/events"), app=keeping, query=query)

    encode = msgspec.json.encode
    where = "kind == 'open' && path.endsWith('/3')"
    return (
        ("coverage", lambda: coverage.page(ask("/coverage")), lambda: encode(show_coverage(app, LOCAL_ADMIN))),
        (
            f"100 of {MANY:,} events",
            lambda: events.page(asked()),
            lambda: encode(list_events(keeping, LOCAL_ADMIN, EventQuery(limit=100))),
        ),
        (
            f"100 of {MANY:,} events by a condition",
            lambda: events.page(asked(where=where)),
            lambda: encode(list_events(keeping, LOCAL_ADMIN, EventQuery(limit=100, where=where))),
        ),
    )


def main() -> int:
    """Prints a line for each page."""
    with tempfile.TemporaryDirectory() as folder:
        app = story.application(Path(folder))
        story.tell(app)
        one = story.findings(app.clock.now())[0]
        many = [msgspec.structs.replace(one, id=f"fnd-{i}", location=f"/srv/{i}") for i in range(MANY)]
        with app.store.transaction():
            app.store.put_findings(many)
        scanned.tell_scans(app, images=IMAGES)
        put_large_image(app)

        def ask(path: str, **parts: str) -> Ask:
            return Ask(app=app, words=words_for("en"), static=STATIC, path=path, who=LOCAL_ADMIN, parts=parts)

        encode = msgspec.json.encode
        page = Query(limit=100)
        rows: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
            ("overview", lambda: overview.page(ask("/")), lambda: encode(show_overview(app, LOCAL_ADMIN))),
            ("incidents", lambda: incidents.page(ask("/incidents")), lambda: encode(list_incidents(app, LOCAL_ADMIN, page))),
            (
                "incident",
                lambda: incident.page(ask("/incidents/x", id=story.INCIDENT_ID)),
                lambda: encode(show_incident(app, LOCAL_ADMIN, story.INCIDENT_ID)),
            ),
            (
                f"100 of {MANY:,} findings",
                lambda: findings.page(ask("/findings")),
                lambda: encode(list_findings(app, LOCAL_ADMIN, page)),
            ),
            (
                f"100 of {IMAGES} images",
                lambda: images.page(ask("/images")),
                lambda: encode(list_images(app, LOCAL_ADMIN, Query(order="severity"))),
            ),
            (
                "image of 2,000 packages",
                lambda: images.one(ask("/images/x", id=LARGE)),
                lambda: encode(show_image(app, LOCAL_ADMIN, LARGE)),
            ),
            (
                "100 of 1,008 vulnerabilities",
                lambda: vulnerabilities.page(ask("/vulnerabilities")),
                lambda: encode(list_vulnerabilities(app, LOCAL_ADMIN, page)),
            ),
            (
                f"vulnerability in {IMAGES} images",
                lambda: vulnerabilities.one(ask("/vulnerabilities/x", id="CVE-2099-1001")),
                lambda: encode(show_vulnerability(app, LOCAL_ADMIN, "CVE-2099-1001")),
            ),
            (
                "100 of 4,100 packages",
                lambda: packages.page(ask("/packages")),
                lambda: encode(search_packages(app, LOCAL_ADMIN, page)),
            ),
        )
        rows += event_rows(app, Path(folder), ask)
        for name, draw, floor in rows:
            drawn, least = milliseconds(draw), milliseconds(floor)
            print(f"page {name}: {drawn:.1f} ms CPU, the same as JSON {least:.1f} ms, ratio {drawn / least:.1f}")
        app.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
