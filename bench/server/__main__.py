"""What the server bears: events from a hundred agents at once, and how long people wait while it holds very much.

Usage: `python bench/server [WHAT…]`: ask (pages and API over 1,000,000 alerts and 100,000 incidents), past (questions to a
history of 10,000,000 events), ingest (100 agents by mutual TLS); all by default. The store and the history are made once and
kept in PERIDERM_BENCH_CACHE (default: the user's cache); PERIDERM_BENCH_SCALE=10 makes a tenth of all. Prints; asserts nothing.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

from server import asking, sending, world  # noqa: E402 -- behind the path: bench/ is not installed
from server.served import Person, served  # noqa: E402 -- behind the path

INCIDENTS, ALERTS, EVENTS, DAYS = 100_000, 1_000_000, 10_000_000, 7


def cache() -> Path:
    """Where what was made is kept."""
    told = os.environ.get("PERIDERM_BENCH_CACHE")
    return (
        Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "periderm-bench"
    ) / "server"


def main(wanted: list[str]) -> int:
    """What is named, or all."""
    scale = max(1, int(os.environ.get("PERIDERM_BENCH_SCALE", "1")))
    unknown = set(wanted) - {"ask", "past", "ingest"}
    if unknown:
        print(f"server: there is no {', '.join(unknown)}; there are ask, past, ingest.", file=sys.stderr)
        return 2
    if not wanted or {"ask", "past"} & set(wanted):
        store = world.fill_store(cache(), INCIDENTS // scale, ALERTS // scale)
        history = world.fill_history(cache(), EVENTS // scale, DAYS) if not wanted or "past" in wanted else None
        with served(store, history, cache()) as server:
            person = Person(server)
            if not wanted or "ask" in wanted:
                asking.latencies(person)
                print(
                    f"server: after pages and API: at most {server.peak():.0f} MiB resident, {server.anonymous():.0f} its own"
                )
            if not wanted or "past" in wanted:
                asking.searches(person, DAYS)
            print(f"server: at most {server.peak():.0f} MiB resident, now {server.anonymous():.0f} MiB of its own")
    if not wanted or "ingest" in wanted:
        with tempfile.TemporaryDirectory(dir=cache()) as folder, served(None, None, Path(folder)) as server:
            sending.ingest(server)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
