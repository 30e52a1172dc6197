"""How many events a second 100 rules of users judge on one core, and how that compares with a Python closure for each rule.

The rules are of the kinds that people write (a program by name in some image, a path written, a port, an argument, a program
below another one), each about names of its own. The rows are those of `bench.runtime`: opens mostly, one in a thousand
suspicious, and one in a thousand that a rule is about. `seen`: 95 rows of 100 carry strings that came before; `new`: every
row carries one never seen, and no batch comes twice. The closures judge the same event objects, made before the clock starts.

    python -m bench.runtime_rules [batches]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from runtime import ROWS, Generator, measure

from periderm.algorithms.rules.pack import PackKind
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.rules.pack import checked, detectors
from periderm.engines.runtime.scene import HOST
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.event import Event, EventBatch, EventKind

Closure = Callable[[Event], bool]


def templates(n: int) -> tuple[tuple[str, Closure], ...]:
    """Ten kinds of rules about names with a number, each as a condition and as a closure that means the same of a row."""
    return (
        (
            f"kind == 'exec' && name in ['tool{n}', 'scan{n}'] && contained",
            lambda e: e.kind is EventKind.EXEC and e.text.rpartition("/")[2] in (f"tool{n}", f"scan{n}"),
        ),
        (
            f"kind == 'open' && writes && path.startsWith('/etc/service{n}/')",
            lambda e: e.kind is EventKind.OPEN and e.arg0 & 3 != 0 and e.text.startswith(f"/etc/service{n}/"),
        ),
        (
            f"kind == 'connect' && port == {20000 + n} && address != '127.0.0.1'",
            lambda e: e.kind is EventKind.CONNECT and e.port == 20000 + n and e.text != "127.0.0.1",
        ),
        (
            f"kind == 'exec' && cmdline.contains('--option{n} evil')",
            lambda e: e.kind is EventKind.EXEC and f"--option{n} evil" in " ".join(e.argv),
        ),
        (
            f"kind == 'open' && path.matches('^/home/[^/]+/[.]secret{n}/key') && !(name in ['ssh', 'backup'])",
            lambda e: e.kind is EventKind.OPEN and f"/.secret{n}/key" in e.text and e.exe.rpartition("/")[2] != "ssh",
        ),
        (
            f"kind == 'exec' && exe.startsWith('/opt/vendor{n}/') && user == 0",
            lambda e: e.kind is EventKind.EXEC and e.text.startswith(f"/opt/vendor{n}/") and e.uid == 0,
        ),
        (
            f"kind in ['rename', 'unlink', 'open'] && file == 'audit{n}.log' && !(parent in ['logrotate'])",
            lambda e: e.text.endswith(f"/audit{n}.log") and e.kind in (EventKind.RENAME, EventKind.UNLINK, EventKind.OPEN),
        ),
        (
            f"kind == 'exec' && '-x{n}' in argv && (upper || repository.endsWith('/shop{n}'))",
            lambda e: e.kind is EventKind.EXEC and f"-x{n}" in e.argv and bool(e.flags & 1),
        ),
        (
            f"kind == 'chmod' && makes_executable && folder == '/srv/upload{n}'",
            lambda e: e.kind is EventKind.CHMOD and e.arg0 & 0o111 != 0 and e.text.rpartition("/")[0] == f"/srv/upload{n}",
        ),
        (
            f"kind == 'open' && glob(path, '/var/lib/app{n}/**/*.pem') && server != ''",
            lambda e: e.kind is EventKind.OPEN and e.text.startswith(f"/var/lib/app{n}/") and e.text.endswith(".pem"),
        ),
    )


def rules(count: int) -> tuple[tuple[Detector, ...], tuple[Closure, ...]]:
    """As many rules, twice."""
    made = [pair for n in range(count // 10) for pair in templates(n)]
    lines = ["kind: runtime", "rules:"]
    for number, (condition, _) in enumerate(made):
        lines += [f"  - id: rule-{number}", "    condition: |-", f"      {condition}"]
    pack = checked(read_rule_pack("\n".join(lines).encode(), "bench.yaml", (PackKind.RUNTIME,)))
    return detectors(pack), tuple(closure for _, closure in made)


HITS = ("/etc/service3/conf", "/home/a/.secret7/key", "/var/log/audit5.log", "/var/lib/app2/x/y.pem")


def stream(fresh: float) -> Iterator[EventBatch]:
    """Batches for ever, four rows of each about a rule."""
    generator = Generator(fresh)
    chance = random.Random(5)  # noqa: S311 -- the same rows in each run
    while True:
        batch = generator.batch()
        for path in HITS:
            index = chance.randrange(ROWS)
            batch.rows["kind"][index], batch.rows["arg0"][index] = EventKind.OPEN, 1
            batch.rows["text"][index] = batch.rows["raw"][index] = generator._put(path)
        yield batch


def closures(each: tuple[Closure, ...], batches: Iterator[EventBatch], count: int) -> float:
    """Events per CPU second of the naive way, whose objects cost nothing here."""
    rates = []
    for _ in range(count):
        batch = next(batches)
        events = [batch.event(index) for index in range(len(batch))]
        begin = time.process_time_ns()
        sum(closure(event) for event in events for closure in each)
        rates.append(len(events) / (time.process_time_ns() - begin) * 1e9)
    return float(np.median(rates))


def main(count: int) -> None:
    """Prints the figures; raises if no rule fires."""
    begin = time.process_time()
    made, plain = rules(100)
    loaded = time.process_time() - begin
    begin = time.process_time()
    RuntimeEngine(HOST, made)
    built = time.process_time() - begin
    print(f"{len(made)} rules: read and checked in {loaded * 1e3:.0f} ms, prefilter built in {built * 1e3:.0f} ms")
    print(f"events per CPU second on one core, batches of {ROWS:,} rows (median)")
    for name, fresh, aim in (("95 % seen", 0.05, 500_000), ("all new", 1.0, 150_000)):
        empty, engine = RuntimeEngine(HOST, ()), RuntimeEngine(HOST, made)
        alerts: list[object] = []

        def judge(batch: EventBatch, engine: RuntimeEngine = engine, alerts: list[object] = alerts) -> None:
            alerts.extend(engine.feed(batch))

        floor = measure(empty.feed, stream(fresh), 4, count)
        rate = measure(judge, stream(fresh), 4, count)
        naive = closures(plain, stream(fresh), max(2, count // 8))
        if not alerts:
            raise SystemExit("no alert at all: the rows or the rules are wrong")
        print(
            f"  {name:10} {rate:11,.0f}/s  aim {aim:,}/s  {rate / naive:5.1f} x a closure for each rule ({naive:,.0f}/s)  "
            f"{floor / rate:.1f} x slower than no rules at all ({floor:,.0f}/s)  {len(alerts)} alerts"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
