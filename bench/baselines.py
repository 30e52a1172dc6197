"""Baselines in the server: memory, disk, times and traffic for 10,000 workloads with 2,000 entries each.

Prints the CPU time of a put of a whole baseline, of one new entry and of counts alone, of reading one and reading 50 for a
node; the memory that the process grew by; and the bytes that one new entry costs on the way up and down.
Run: python bench/baselines.py [--workloads N] [--entries N] [FOLDER]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.envelope import Envelope
from periderm.model.query import Query

NODE_WORKLOADS = 50
_SHAPES = (
    (Aspect.READ, "/usr/share/app/module{n}/template-{n}.html"),
    (Aspect.EXECUTE, "/usr/lib/x86_64-linux-gnu/libpart{n}.so.1"),
    (Aspect.WRITE, "/var/lib/app/part{n}/data.*"),
    (Aspect.CONNECT, "tcp/5432 10.{n}.0.0/16"),
    (Aspect.ARGUMENTS, "--config * --worker {n} --shard *"),
)


def entry(number: int, times: int = 100) -> Entry:
    """One of many, as a node learns them."""
    aspect, value = _SHAPES[number % len(_SHAPES)]
    evidence = Evidence(
        counts={"node-0123456789abcdef01234567": times + number},
        replicas=0x8000_0000_0100_0001,
        first=1_795_000_000 + number,
        last=1_795_600_000 + number,
        hours=0xFFFFFF,
        days=0x7FFF,
        bursts=9,
        shortest=60,
        longest=4000,
        sources=(Source.OBSERVED,),
    )
    return Entry(Behaviour(aspect, f"/usr/bin/program{number % 12}", value.format(n=number)), evidence)


def baseline(workload: int, entries: tuple[Entry, ...], changed: int) -> Baseline:
    """What a node tells of one workload."""
    return Baseline(
        workload_id=f"wkl-{workload:024x}",
        name=f"team/service-{workload}",
        entries=tuple(sorted(entries, key=lambda each: each.behaviour)),
        images={"sha256:" + f"{workload:064x}": 1_795_000_000},
        observed={"node-0123456789abcdef01234567": 60},
        since=1_795_000_000,
        newest=1_795_600_000,
        changed=changed,
    )


def timed(work: Callable[[int], object], numbers: range) -> str:
    """Median and 99th percentile, in milliseconds."""
    taken = []
    for number in numbers:
        began = time.process_time()
        work(number)
        taken.append((time.process_time() - began) * 1e3)
    taken.sort()
    return f"{statistics.median(taken):8.2f} ms  (99 %: {taken[int(len(taken) * 0.99) - 1]:.2f} ms)"


def memory() -> float:
    """Most that the process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(folder: Path, workloads: int, entries: int) -> None:
    """All measurements, one after another."""
    store = SqlStore(str(folder / "periderm.sqlite"), SystemClock())
    whole = tuple(entry(n) for n in range(entries))
    store.put_baselines([baseline(0, whole, 1)])
    before = memory()
    began = time.process_time()
    for number in range(1, workloads):
        store.put_baselines([baseline(number, whole, 1)])
    seconds = time.process_time() - began
    size = sum(path.stat().st_size for path in folder.iterdir()) / (1 << 20)
    print(f"{workloads} workloads x {entries} entries")
    print(f"put a whole one, new     {seconds / max(1, workloads - 1) * 1e3:8.2f} ms")
    print(f"on disk                  {size:8.0f} MiB  ({size * 1024 / workloads:.1f} KiB each)")
    some = range(min(200, workloads))
    fresh = entry(entries + 7)
    print("put one new entry       ", timed(lambda n: store.put_baselines([baseline(n, (fresh,), 2)]), some))
    counted = entry(3, times=1000)
    print("put counts alone        ", timed(lambda n: store.put_baselines([baseline(n, (counted,), 3)]), some))
    print("read one                ", timed(lambda n: store.baseline(f"wkl-{n:024x}"), some))
    print("a page of 100 summaries ", timed(lambda _: store.baselines(Query(limit=100)), range(20)))
    names = [f"wkl-{n:024x}" for n in range(min(NODE_WORKLOADS, workloads))]
    began = time.process_time()
    news = store.baseline_news(dict.fromkeys(names, ""))
    wire = msgspec.msgpack.encode(news)
    took = time.process_time() - began
    began = time.process_time()
    msgspec.msgpack.decode(wire, type=list[type(news[0])])  # type: ignore[misc]  # a type made from a value
    decoded = time.process_time() - began
    sizes = f"{len(wire) >> 10} KiB"
    print(f"a node's {len(names)} whole, server {took * 1e3:8.0f} ms, decoded by the node in {decoded * 1e3:.0f} ms, {sizes}")
    known = {each.baseline.workload_id: each.version for each in news}
    print("the same, nothing new   ", timed(lambda _: store.baseline_news(known), range(50)))
    store.put_baselines([baseline(0, (entry(entries + 9),), 4)])
    up = len(msgspec.msgpack.encode(Envelope(sender="agent", sequence=1, records=(baseline(0, (entry(entries + 9),), 4),))))
    down = len(msgspec.msgpack.encode(store.baseline_news(known)))
    print(f"traffic of one new entry {up:8d} bytes up, {down} bytes down to each node that runs it")
    print(f"memory                   {memory():8.0f} MiB at most, {memory() - before:.0f} MiB more than with one baseline")
    store.close()


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--workloads", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        run(Path(folder), options.workloads, options.entries)


if __name__ == "__main__":
    main()
