"""What the baseline engine costs: known and new rows a second, memory of a workload, and the time in which a node takes up what
it is told.

python -m bench.baseline_engine
"""

from __future__ import annotations

import argparse
import random
import time
import tracemalloc

import msgspec

from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.runtime.scene import HOST, SECOND, SHOP, START, batch_of, image, opens, runs
from periderm.model.asset import Container
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import EventBatch, Tick

PROGRAMS = tuple(f"/usr/bin/tool{number}" for number in range(40))


def baseline(number: int, entries: int) -> Baseline:
    """Of a made-up workload, as wide as a busy one."""
    rng = random.Random(number)  # noqa: S311 -- no secret: the same baseline each time
    found: dict[Behaviour, Entry] = {}
    for program in PROGRAMS:
        behaviour = Behaviour(Aspect.PROGRAM, program)
        found[behaviour] = Entry(behaviour, Evidence(sources=(Source.PACKAGES,), certainty=80))
    while len(found) < entries:
        aspect = rng.choice((Aspect.READ, Aspect.READ, Aspect.WRITE, Aspect.CONNECT, Aspect.ARGUMENTS))
        value = (
            f"tcp/{rng.randrange(1000)} 10.0.0.{rng.randrange(250)}"
            if aspect is Aspect.CONNECT
            else f"/srv/{rng.random()}/file"
        )
        behaviour = Behaviour(aspect, rng.choice(PROGRAMS), value)
        evidence = Evidence(counts={"nod-1": rng.randrange(1, 10**6)}, replicas=3, first=10**9, last=2 * 10**9, hours=0xFFFF,
                            days=0xFF, sources=(Source.OBSERVED,), certainty=100)  # fmt: skip
        found[behaviour] = Entry(behaviour, evidence)
    values = tuple(found[each] for each in sorted(found))
    return Baseline(
        workload_id=f"wkl-{number}", name=f"shop-{number}", entries=values, observed={"nod-1": 10**5}, settled=10**9
    )


def container(number: int) -> Container:
    """A replica of it."""
    return msgspec.structs.replace(SHOP, id=f"ctr-{number}", workload_id=f"wkl-{number}", name=f"shop-{number}")


def loading(workloads: int, entries: int) -> None:
    """How long a node takes for all that it is told, and how much memory that is."""
    packed = [msgspec.msgpack.encode(baseline(number, entries)) for number in range(workloads)]
    decoder = msgspec.msgpack.Decoder(Baseline)
    engine = BaselineEngine(HOST)
    tracemalloc.start()
    for data in packed:
        engine.know(decoder.decode(data))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    engine = BaselineEngine(HOST)
    began = time.process_time()
    for data in packed:
        engine.know(decoder.decode(data))
    spent = time.process_time() - began
    began = time.process_time()
    state = engine.snapshot()
    kept = time.process_time() - began
    began = time.process_time()
    BaselineEngine(HOST).restore(state)
    print(f"baseline_engine: {workloads} baselines of {entries:,} entries: taken up in {spent:.2f} s, "
          f"{held / workloads / 2**10:,.0f} KiB each; a snapshot of {len(state) / 2**20:.1f} MiB in {kept:.2f} s, "
          f"restored in {time.process_time() - began:.2f} s")  # fmt: skip


def rows(workloads: int, each: int, made_up: int) -> EventBatch:
    """Each of these containers starts a program and opens files; `made_up` numbers its file names."""
    events = []
    for number in range(workloads):
        on, process = container(number), 10 * number + 1
        events.append(runs(process, 9_000, PROGRAMS[0], "tool0", at=1.0, on=on))
        events += [
            msgspec.structs.replace(
                opens(process, f"/srv/{made_up}/{index % 200}", at=2 + index / 1000, on=on), exe=PROGRAMS[0]
            )
            for index in range(each)
        ]
    return batch_of(tuple(events), generation=made_up + 1)


def feeding(workloads: int, each: int) -> None:
    """Rows a second: the first time, and once they are known; in batches as the sensor gives them."""
    engine = BaselineEngine(HOST)
    engine.learn_image(image(*PROGRAMS))
    whole = rows(workloads, each, 0)
    parts = [EventBatch(whole.rows[at : at + 4096], whole.strings, whole.subjects, 1) for at in range(0, len(whole), 4096)]
    spent = []
    for _ in range(3):
        began = time.process_time()
        for part in parts:
            engine.feed(part)
        spent.append(time.process_time() - began)
    engine.tick(Tick(START + 1000 * SECOND))
    print(f"baseline_engine: {len(whole):,} rows of {workloads} workloads: {len(whole) / spent[0]:,.0f} a second when new, "
          f"{len(whole) / spent[-1]:,.0f} once known ({spent[-1] / len(whole) * 1e9:.0f} ns each)")  # fmt: skip


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="baseline_engine", description="Cost of the baseline engine.")
    parser.add_argument("--workloads", type=int, default=50)
    parser.add_argument("--entries", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=4_000, help="of each workload")
    options = parser.parse_args()
    loading(options.workloads, options.entries)
    feeding(options.workloads, options.rows)


if __name__ == "__main__":
    main()
