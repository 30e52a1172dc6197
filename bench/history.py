"""Prints what history costs and how fast it answers: append rate, bytes an event, memory, and questions over many rows.

The rows are like those of a busy node: three in four are file opens of paths that repeat, the rest execs with arguments of
their own, connections and the like. The floor beside each figure is the mere reading or writing of as many bytes.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.limits import MIB, Limits
from periderm.model.asset import Container, Node
from periderm.model.event import EVENT_DTYPE, EventBatch, EventKind
from periderm.model.event_query import EventQuery

ROWS = 3_000_000  # 10,000,000 take some minutes
BATCH = 10_000
PER_SECOND = 1_000
START = 1_790_000_000 * 10**9
LIMITS = Limits(days=100_000, quota=64 << 30, free=0)
KEEP = """
import resource, sys, time
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.limits import Limits
ParquetHistory(sys.argv[1], Limits(days=100_000, quota=64 << 30, free=0)).maintain(int(sys.argv[2]))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def subjects() -> tuple[Node | Container, ...]:
    """A node and thirty containers."""
    node = Node(id="n", name="n", hostname="n", machine_id="n", kernel="6", os_name="Debian", architecture="x86_64")
    return (
        node,
        *(
            Container(
                id=f"c{i}", name=f"shop-{i}", container_id=f"{i:064x}", runtime="podman", node_id="n", image_name=f"shop:{i}"
            )
            for i in range(30)
        ),
    )


def batches(rows: int) -> Iterator[EventBatch]:
    """Batches of one table of strings, which grows by the new arguments and paths of each."""
    chance = np.random.default_rng(6)
    strings = ["", *(f"/usr/lib/x86_64-linux-gnu/lib{i}.so.{i % 9}" for i in range(4000))]
    strings += [f"/usr/bin/program-{i}" for i in range(300)]
    strings += [f"10.0.{i // 250}.{i % 250}" for i in range(2000)]
    everyone = subjects()
    for start in range(0, rows, BATCH):
        made = np.zeros(BATCH, EVENT_DTYPE)
        kind = chance.choice([4, 1, 2, 5, 24], BATCH, p=[0.75, 0.08, 0.05, 0.1, 0.02])
        made["kind"] = kind
        made["time"] = START + (start + np.arange(BATCH)) * (10**9 // PER_SECOND) + chance.integers(0, 10**6, BATCH)
        made["process"] = chance.integers(10**12, 10**12 + 5000, BATCH)
        made["parent"] = chance.integers(10**12, 10**12 + 500, BATCH)
        made["pid"], made["ppid"] = made["process"] % 60_000, made["parent"] % 60_000
        made["subject"] = chance.integers(0, len(everyone), BATCH)
        made["exe"] = 4001 + made["process"] % 300
        made["text"] = np.where(kind == 5, 4301 + chance.integers(0, 2000, BATCH), 1 + chance.integers(0, 4000, BATCH))
        made["count"], made["inode"] = 1, chance.integers(1, 10**6, BATCH)
        execs = np.flatnonzero((kind == 1) | (chance.random(BATCH) < 0.02))
        made["args"][execs] = len(strings) + np.arange(len(execs))
        strings += [f"program\0--job\0{start + i}\0/var/spool/{i % 77}" for i in execs.tolist()]
        yield EventBatch(made, strings, everyone, 1)


def timed(name: str, ask: Callable[[], int], say: str = "rows") -> None:
    """Best of three, with what came back."""
    best, answer = 1e9, 0
    for _ in range(3):
        began = time.perf_counter()
        answer = ask()
        best = min(best, time.perf_counter() - began)
    print(f"history: {name:<58} {best * 1000:9.1f} ms  ({answer:,} {say})")


def write(folder: str, rows: int) -> None:
    """Appends with a flush each second of the node's time, at once; every partition is made by a child, as in the agent."""
    past = ParquetHistory(folder, LIMITS)
    used = wall = keeping = peak = 0.0
    for number, batch in enumerate(batches(rows)):
        began, cpu = time.perf_counter(), time.process_time()
        # After a million rows the rate is known; the rest only fills the folder.
        each = PER_SECOND if number * BATCH < 1_000_000 else BATCH
        for start in range(0, len(batch), each):
            part = batch.rows[start : start + each]
            past.append(EventBatch(part, batch.strings, batch.subjects, batch.generation))
            past.flush()
        used, wall = used + time.process_time() - cpu, wall + time.perf_counter() - began
        if number % 50 == 49:
            done = subprocess.run(
                [sys.executable, "-c", KEEP, folder, str(START + number * 10**10)], capture_output=True, text=True, check=True
            ).stdout.split()
            keeping, peak = keeping + float(done[0]), max(peak, float(done[1]))
    past.close()
    last = subprocess.run([sys.executable, "-c", KEEP, folder, str(START + 10**15)], capture_output=True, text=True, check=True)
    keeping += float(last.stdout.split()[0])
    subprocess.run([sys.executable, "-c", KEEP, folder, str(START + 10**15)], capture_output=True, check=True)
    info = past.info()
    print(f"history: {rows:,} rows appended, the first million by a thousand: {rows / used:,.0f} rows per CPU second")
    print(f"history: in wall time with fdatasync: {rows / wall:,.0f} rows/s; dropped {past.dropped()}")
    print(f"history: at 110 new events/s that is {110 * used / rows:.3%} of a core, the keeper {110 * keeping / rows:.3%}")
    print(f"history: keeper: {keeping:.1f} s CPU, at most {peak:.0f} MiB resident, for as long as it runs")
    print(f"history: {info.size / info.rows:.1f} bytes an event in {info.files} files ({info.size / MIB:.0f} MiB)")


def ask(folder: str, rows: int) -> None:
    """Questions of the kinds that people and the product ask."""
    end = START + rows * (10**9 // PER_SECOND)
    past = ParquetHistory(folder, LIMITS)

    def count(query: EventQuery) -> Callable[[], int]:
        return lambda: sum(1 for _ in past.rows(query))

    timed("the newest 50", count(EventQuery(limit=50)))
    timed("the newest 50 execs of one container", count(EventQuery(limit=50, kinds=(EventKind.EXEC,), container="shop-7")))
    timed("one minute, everything", count(EventQuery(since=end - 60 * 10**9, limit=0)))
    timed("one process in the last hour", count(EventQuery(since=end - 3600 * 10**9, process=10**12 + 7, limit=0)))
    timed("a text that is nowhere, in the last hour", count(EventQuery(since=end - 3600 * 10**9, text="nowhere", limit=0)))
    timed("a text that is nowhere, in everything", count(EventQuery(text="nowhere", limit=0)))
    floor = sorted(Path(folder).rglob("*.parquet"))
    timed("  floor: reading all bytes of all files", lambda: sum(len(p.read_bytes()) for p in floor), "bytes")
    hour = EventQuery(since=end - 1800 * 10**9)
    timed("half an hour as batches for an engine", lambda: sum(map(len, past.batches(hour))))
    timed("what is kept", lambda: past.info().rows)


def main(rows: int = ROWS) -> None:
    """All of it in a folder that is removed."""
    with tempfile.TemporaryDirectory(prefix="periderm-history-") as folder:
        write(folder, rows)
        ask(folder, rows)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"history: {os.cpu_count()} cores; this process, which also made the rows, held {used:.0f} MiB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
