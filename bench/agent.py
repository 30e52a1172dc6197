"""Prints the agent's memory and CPU at 1,100 events a second, one in ten of them new (aims: 150 MiB without the ring, 2 %)."""

from __future__ import annotations

import os
import sys
import time

import _lab as lab

RATE, NEW_PERCENT = 1100, 10


def main(seconds: int = 300) -> None:
    """Five minutes by default; a shorter run says so."""
    if reason := lab.missing():
        print(f"agent: skipped, {reason}")
        return
    with lab.image(), lab.running() as product:
        time.sleep(5)
        with lab.container("steady", str(RATE), str(NEW_PERCENT), str(seconds)) as load:
            time.sleep(3)
            pids = product.pids("agent")
            began, cpu = time.monotonic(), sum(map(lab.cpu_seconds, pids))
            peak = ring = 0.0
            while load.poll() is None:
                time.sleep(1)
                sizes = [lab.memory_mib(pid) for pid in pids]
                peak = max(peak, sum(pss - apart for pss, apart in sizes))
                ring = max(ring, sum(apart for _, apart in sizes))
            wall = time.monotonic() - began
            used = sum(map(lab.cpu_seconds, pids)) - cpu
            print(f"agent: load: {load.stdout.read().strip() if load.stdout else ''}")
        figures = next(b["figures"] for b in product.get("/api/v1/overview")["heartbeats"] if b["role"] == "agent")
    cores = os.cpu_count() or 1
    print(f"agent: {RATE} events/s offered, {NEW_PERCENT} % new, for {wall:.0f} s")
    print(f"agent: cpu {used:.2f} s = {used / wall:.2%} of one core, {used / wall / cores:.2%} of {cores} cores (aim 2 %)")
    print(f"agent: memory {peak:.1f} MiB Pss without the ring (aim 150), ring mappings {ring:.1f} MiB")
    print(f"agent: lost {figures.get('lost', 0):.0f}, folded in the kernel {figures.get('folded', 0):.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
