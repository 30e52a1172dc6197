"""How long people wait: pages and answers of the API over a connection to a running server, one after the other."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

from server.served import Person

ROUNDS = 40
DAY_NS = 86_400 * 10**9


def quantile(taken: list[float], part: float) -> float:
    """The nearest rank."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * part))]


def _cursors(person: Person, path: str, deep: int) -> str:
    cursor = ""
    for _ in range(deep):
        cursor = json.loads(person.get(f"{path}&cursor={quote(cursor)}" if cursor else path))["next_cursor"]
    return quote(cursor)


def _questions(person: Person) -> Iterator[tuple[str, list[str]]]:
    """(what is asked, addresses that ask it, each of something else)."""
    incidents = [each["id"] for each in json.loads(person.get("/api/v1/incidents?limit=40"))["items"]]
    alerts = json.loads(person.get("/api/v1/alerts?limit=40"))["items"]
    assets = sorted({each["asset_id"] for each in alerts})
    deep = _cursors(person, "/api/v1/incidents?limit=200", 5)
    yield "API: incidents, the newest 50", ["/api/v1/incidents?limit=50"]
    yield "API: incidents, the worst that are new", ["/api/v1/incidents?limit=50&state=new&order=severity"]
    yield "API: incidents, resolved, severity high", ["/api/v1/incidents?limit=50&state=resolved&severity_at_least=high"]
    yield "API: incidents, 50 after the first thousand", [f"/api/v1/incidents?limit=200&cursor={deep}"]
    yield "API: incidents of an asset", [f"/api/v1/incidents?limit=50&asset_id={each}" for each in assets]
    yield "API: incidents, a word that many hold", ["/api/v1/incidents?limit=50&text=shop-web"]
    yield "API: one incident with its alerts", [f"/api/v1/incidents/{each}" for each in incidents]
    yield "API: alerts, the newest 50", ["/api/v1/alerts?limit=50"]
    yield "API: alerts of an incident", [f"/api/v1/alerts?limit=50&incident_id={each}" for each in incidents]
    yield "API: alerts of an asset", [f"/api/v1/alerts?limit=50&asset_id={each}" for each in assets]
    yield "API: alerts of a detector", ["/api/v1/alerts?limit=50&detector=RUN-010"]
    yield "API: alerts, severity critical", ["/api/v1/alerts?limit=50&severity_at_least=critical"]
    yield "API: overview", ["/api/v1/overview"]
    yield "page: overview", ["/"]
    yield "page: incidents", ["/incidents"]
    yield "page: incidents, resolved", ["/incidents?state=resolved"]
    yield "page: one incident", [f"/incidents/{each}" for each in incidents]
    yield "page: triage", ["/triage"]
    yield "page: an asset", [f"/assets/{each}" for each in assets]
    yield "page: assets", ["/assets"]
    yield "page: detectors", ["/detectors"]
    yield "page: a detector", ["/detectors/RUN-010"]


def latencies(person: Person, rounds: int = ROUNDS) -> None:
    """Prints the median and the 95th percentile of each."""
    print(f"server: {'':58}{'p50':>9}{'p95':>9}  (ms; {rounds} each)")
    for what, paths in _questions(person):
        taken = []
        for turn in range(rounds):
            begin = time.perf_counter()
            person.get(paths[turn % len(paths)])
            taken.append((time.perf_counter() - begin) * 1e3)
            if sum(taken) > 10_000:
                break
        print(f"server: {what:58}{quantile(taken, 0.5):9.1f}{quantile(taken, 0.95):9.1f}", flush=True)


def searches(person: Person, days: int) -> None:
    """Prints how long questions to the history take, over one day and over all of them."""
    now = time.time_ns()
    container = json.loads(person.get("/api/v1/assets?kind=container&limit=1"))["items"][0]["name"]
    for what, asked in (
        ("the newest 100", "limit=100"),
        ("programs of one container", f"limit=100&kinds=exec&container={quote(container)}"),
        ("a path that is nowhere", "limit=100&text=nowhere-at-all"),
        ("an argument that one row holds", "limit=100&text=--job%20200000"),
    ):
        for span in sorted({1, days}):
            since = now - span * DAY_NS
            begin = time.perf_counter()
            body = json.loads(person.get(f"/api/v1/history?{asked}&since={since}"))
            took = time.perf_counter() - begin
            found = len(body["items"])
            each = took / span
            print(f"server: history, {span} days, {what:40}{took:9.2f} s, {each:6.2f} s a day  ({found} rows)", flush=True)
