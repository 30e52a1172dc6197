"""How long the server takes to draw a page, by itself: no network, no browser, a store with 10,000 findings.

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

from periderm.app.findings import list_findings  # noqa: E402 -- the story lies in tests/, which is not installed
from periderm.app.incidents import list_incidents, show_incident  # noqa: E402
from periderm.app.overview import show_overview  # noqa: E402
from periderm.console.pages import findings, incident, incidents, overview  # noqa: E402
from periderm.console.render import Ask  # noqa: E402
from periderm.console.words import words_for  # noqa: E402
from periderm.model.principal import LOCAL_ADMIN  # noqa: E402
from periderm.model.query import Query  # noqa: E402
from tests import story  # noqa: E402

ROUNDS = 30
MANY = 10_000
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


def main() -> int:
    """Prints a line for each page."""
    with tempfile.TemporaryDirectory() as folder:
        app = story.application(Path(folder))
        story.tell(app)
        one = story.findings(app.clock.now())[0]
        many = [msgspec.structs.replace(one, id=f"fnd-{i}", location=f"/srv/{i}") for i in range(MANY)]
        with app.store.transaction():
            app.store.put_findings(many)

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
        )
        for name, draw, floor in rows:
            drawn, least = milliseconds(draw), milliseconds(floor)
            print(f"page {name}: {drawn:.1f} ms CPU, the same as JSON {least:.1f} ms, ratio {drawn / least:.1f}")
        app.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
