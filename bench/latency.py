"""Prints how long an attack step takes to its alert in the API, at 1,000 new events a second (aim: under 1 s)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time

import _lab as lab

RATE, INTERVAL_MS = 1000, 250
DROPPED = "/tmp/drop-"  # noqa: S108 -- inside the container


def collect(product: lab.Running, seen: dict[str, int], stop: threading.Event) -> None:
    """Asks the API every 20 ms for alerts and notes when each was first there (Unix nanoseconds)."""
    while not stop.wait(0.02):
        page = product.get("/api/v1/alerts?detector=RUN-005&limit=200")
        at = time.time_ns()
        for alert in page["items"]:
            seen.setdefault(alert["process"]["exe"], at)


def main(steps: int = 200) -> None:
    """Prints median and 99th percentile."""
    if reason := lab.missing():
        print(f"latency: skipped, {reason}")
        return
    seconds = steps * INTERVAL_MS // 1000 + 10
    seen: dict[str, int] = {}
    stop = threading.Event()
    with lab.image(), lab.running() as product:
        time.sleep(5)
        with lab.container("steady", str(RATE), "100", str(seconds)):
            time.sleep(5)
            watching = threading.Thread(target=collect, args=(product, seen, stop))
            watching.start()
            argv = [*lab.PODMAN, "exec", lab.NAME, "/load", "steps", str(steps), str(INTERVAL_MS)]
            printed = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
            time.sleep(5)
            stop.set()
            watching.join()
    began = dict(line.split() for line in printed.splitlines())
    waits = sorted((seen[DROPPED + n] - int(at)) / 1e6 for n, at in began.items() if DROPPED + n in seen)
    print(f"latency: {len(waits)} of {len(began)} steps alerted at {RATE} new events/s")
    if waits:
        p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
        print(f"latency: step to API median {statistics.median(waits):.0f} ms, p99 {p99:.0f} ms, max {waits[-1]:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
