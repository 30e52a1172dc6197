"""Prints what the agent does under 1,000, 10,000 and 100,000 events a second, known and new: loss, CPU, memory, alert latency.

Aims: at 100,000 known events a second at most 5 % of a core in user space; at 10,000 new ones no loss. What cannot be
offered on this machine is said: the rate that came about is printed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import _lab as lab
from latency import DROPPED

RATES, NEW = (1_000, 10_000, 100_000), (0, 100)
STEP_MS = 500
BEAT_SECONDS = 11.0  # the agent's figures come with its heartbeat


def times(pid: int) -> tuple[float, float]:
    """(user, system) CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def figures(product: lab.Running) -> dict[str, float]:
    """The agent's own figures, fresh."""
    time.sleep(BEAT_SECONDS)
    beats = product.get("/api/v1/overview")["heartbeats"]
    found: dict[str, float] = next(beat["figures"] for beat in beats if beat["role"] == "agent")
    return found


def collect(product: lab.Running, old: set[str], seen: dict[str, int], stop: threading.Event) -> None:
    """Asks the API for alerts and notes when each was first there (Unix nanoseconds), those of earlier runs left out."""
    while not stop.wait(0.05):
        page = product.get("/api/v1/alerts?detector=RUN-005&limit=200")
        at = time.time_ns()
        for alert in page["items"]:
            if alert["id"] not in old:
                seen.setdefault(alert["process"]["exe"], at)


def latencies(product: lab.Running, count: int) -> list[float]:
    """Milliseconds from each step to its alert in the API, of those that came."""
    seen: dict[str, int] = {}
    stop = threading.Event()
    old = {alert["id"] for alert in product.get("/api/v1/alerts?detector=RUN-005&limit=200")["items"]}
    watching = threading.Thread(target=collect, args=(product, old, seen, stop))
    watching.start()
    argv = [*lab.PODMAN, "exec", lab.NAME, "/load", "steps", str(count), str(STEP_MS)]
    printed = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    time.sleep(3)
    stop.set()
    watching.join()
    began = dict(line.split() for line in printed.splitlines())
    return sorted((seen[DROPPED + n] - int(at)) / 1e6 for n, at in began.items() if DROPPED + n in seen)


def one(product: lab.Running, rate: int, new: int, seconds: int) -> None:
    """One line of the table."""
    steps = max(4, (seconds - 6) * 1000 // STEP_MS)
    before = figures(product)
    pid = product.pids("agent")[0]
    with lab.container("offer", str(rate), str(new), str(seconds)) as load:
        time.sleep(1)
        began, (user, system) = time.monotonic(), times(pid)
        waits = latencies(product, steps)
        wall = time.monotonic() - began
        after_user, after_system = times(pid)
        total, ring = lab.memory_mib(pid)
        load.wait(seconds + 30)
        offered = load.stdout.read().strip() if load.stdout else "?"
    after = figures(product)
    lost = after.get("lost", 0) - before.get("lost", 0)
    sent = after.get("sent", 0) - before.get("sent", 0)
    latency = f"{statistics.median(waits):.0f}/{waits[-1]:.0f} ms, {len(waits)} of {steps}" if waits else "none"
    print(
        f"pressure: {rate:>7} {'new' if new else 'known':>5}: came {offered:>7}/s, sent {sent:.0f}, lost {lost:.0f},"
        f" agent {(after_user - user) / wall:.1%} user {(after_system - system) / wall:.1%} system of a core,"
        f" {total - ring:.0f} MiB, alert median/max {latency}",
        flush=True,
    )


def main(seconds: int = 20) -> None:
    """Six runs, and the gaps that say what was given up."""
    if reason := lab.missing():
        print(f"pressure: skipped, {reason}")
        return
    with lab.image(), lab.running() as product:
        time.sleep(5)
        for rate in RATES:
            for new in NEW:
                one(product, rate, new, seconds)
        gaps = product.get("/api/v1/gaps?limit=200")["items"]
        for gap in gaps:
            if gap["kind"] in ("detail-shed", "events-lost"):
                print(f"pressure: gap {gap['kind']} {gap['detail']}: {gap['count']}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
