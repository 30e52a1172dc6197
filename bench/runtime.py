"""How many events a second the runtime engine judges on one core, and how that compares with the naive way.

The rows are like those of a busy node: web servers, shells of health checks, builds; one in a thousand is suspicious.
`seen`: 95 rows of 100 carry strings that came before. `new`: every row carries a path or command line never seen.
The naive way is one Python function for each rule, asked for each event made into an object.

    python -m bench.runtime [batches]
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.judging import Context, Detector
from periderm.engines.runtime.process import Process, ProcessTable
from periderm.engines.runtime.scene import DIGEST, HOST, SHOP, START
from periderm.model.asset import Container
from periderm.model.event import EVENT_DTYPE, EventBatch, EventFlag, EventKind, Rows, Subject

ROWS = 4096
PROCESSES = (1000, 3000)  # that ran before: each has one program for good
# Shares of kinds on a node that serves, builds and is watched: mostly opens, then connections, then processes.
KINDS = (
    (EventKind.OPEN, 68),
    (EventKind.CONNECT, 12),
    (EventKind.ACCEPT, 6),
    (EventKind.EXEC, 3),
    (EventKind.FORK, 4),
    (EventKind.EXIT, 4),
    (EventKind.CHMOD, 1),
    (EventKind.SETUID, 1),
    (EventKind.SOCKET, 1),
)
EXECUTABLES = ("/usr/sbin/nginx", "/usr/bin/python3.11", "/usr/bin/node", "/usr/bin/gcc-12", "/usr/bin/cat", "/usr/bin/dash")
# What each program is started with; a shell is given a line of code in one start of three.
STARTS = {
    "/usr/sbin/nginx": ("nginx\0-s\0reload\0-c\0/etc/nginx/site{}.conf",),
    "/usr/bin/python3.11": ("python3\0/app/job_{}.py", "python3\0-m\0app.worker\0--queue\0q{}"),
    "/usr/bin/node": ("node\0/app/task_{}.js",),
    "/usr/bin/gcc-12": ("gcc\0-O2\0-c\0src/file_{0}.c\0-o\0file_{0}.o",),
    "/usr/bin/cat": ("cat\0/run/state/{}",),
    "/usr/bin/dash": ("sh\0/app/health_{}.sh", "sh\0/app/step.sh\0{}", "sh\0-c\0test -f /run/ready_{} && echo ready"),
}
LINES = ("nginx", "python3\0/app/main.py", "node\0/app/server.js", "gcc\0-c", "cat\0/proc/stat", "sh\0/app/health.sh")
SERVERS = 3  # the first of them: shells and compilers call nobody
SUSPICIOUS = (
    (EventKind.OPEN, "/etc/shadow", "", 0),
    (EventKind.EXEC, "/dev/shm/x", "x", EventFlag.UPPER),  # noqa: S108 -- what is looked for
    (EventKind.EXEC, "/usr/bin/dash", "sh\0-c\0id", 0),
    (EventKind.CONNECT, "169.254.169.254", "", 0),
)
SUBJECTS: tuple[Subject, ...] = (
    HOST,
    SHOP,
    *(
        Container(
            id=f"ast-{n}", name=f"c{n}", container_id=f"{n:064x}", runtime="podman", node_id=HOST.id, image_digest=DIGEST,
            started=START, running=True,
        )
        for n in range(20)
    ),
)  # fmt: skip


class Generator:
    """Batches over one growing table of strings. `fresh` is the share of rows with a string of their own."""

    def __init__(self, fresh: float, seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- the same rows in each run
        self._fresh = fresh
        self._numbers = np.random.default_rng(seed)
        self._strings = [""]
        self._index: dict[str, int] = {"": 0}
        self._time = START
        self._made = 0
        self._known = {
            EventKind.OPEN: [self._put(f"/usr/lib/python3/dist-packages/pkg{n // 20}/module_{n}.py") for n in range(3000)],
            EventKind.CONNECT: [self._put(f"10.0.{n // 250}.{n % 250}") for n in range(500)],
            EventKind.EXEC: [self._put(p) for p in EXECUTABLES],
        }
        self._args = {
            self._put(exe): [self._put(line.format(n)) for n in range(80) for line in lines] for exe, lines in STARTS.items()
        }
        self._exes = [self._put(p) for p in EXECUTABLES]

    def _put(self, text: str) -> int:
        known = self._index.get(text)
        if known is None:
            known = self._index[text] = len(self._strings)
            self._strings.append(text)
        return known

    def _new(self, kind: int) -> int:
        self._made += 1
        n = self._made
        if kind == EventKind.CONNECT:
            return self._put(f"100.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")
        if kind == EventKind.EXEC:
            return self._put(f"/usr/lib/gcc/x86_64-linux-gnu/12/cc{n:x}")
        return self._put(f"/var/lib/app/cache/{n % 97:02x}/{n:x}/object-{n * 7919 % 104729}.json")

    def running(self) -> EventBatch:
        """The processes that ran before, as the sensor tells them when it starts."""
        keys = np.arange(*PROCESSES)
        rows = np.zeros(len(keys), EVENT_DTYPE)
        rows["kind"], rows["count"], rows["time"], rows["flags"] = EventKind.EXEC, 1, START, EventFlag.FROM_PROC
        rows["process"] = rows["pid"] = keys
        rows["subject"] = keys % len(SUBJECTS)
        rows["text"] = rows["exe"] = np.array(self._exes)[keys % len(EXECUTABLES)]
        rows["args"] = np.array([self._put(line) for line in LINES])[keys % len(EXECUTABLES)]
        return EventBatch(rows, self._strings, SUBJECTS, generation=1)

    def batch(self) -> EventBatch:
        """The next batch; never one that was given before."""
        rows = np.zeros(ROWS, EVENT_DTYPE)
        kinds = self._numbers.choice([int(k) for k, _ in KINDS], ROWS, p=[s / 100 for _, s in KINDS])
        rows["kind"] = kinds
        rows["count"] = 1
        rows["time"] = self._time + np.arange(ROWS) * 2000
        self._time += ROWS * 2000
        rows["process"] = self._numbers.integers(*PROCESSES, ROWS)
        calls = np.flatnonzero((kinds == EventKind.CONNECT) | (kinds == EventKind.ACCEPT))
        program = rows["process"] % len(EXECUTABLES)
        rows["process"][calls] += (program % SERVERS)[calls] - program[calls]
        born = np.flatnonzero((kinds == EventKind.FORK) | (kinds == EventKind.EXEC))
        rows["process"][born] = self._time // 1000 + np.arange(len(born))
        rows["parent"] = self._numbers.integers(*PROCESSES, ROWS)
        rows["pid"] = rows["process"] & 0xFFFFF
        rows["subject"] = rows["process"] % len(SUBJECTS)
        rows["port"] = np.where(kinds == EventKind.CONNECT, 443, 0)
        rows["family"] = np.where(kinds == EventKind.CONNECT, 2, 0)
        rows["exe"] = np.array(self._exes)[rows["process"] % len(EXECUTABLES)]
        self._fill(rows, kinds)
        return EventBatch(rows, self._strings, SUBJECTS, generation=1)

    def _fill(self, rows: Rows, kinds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        fresh = self._numbers.random(ROWS) < self._fresh
        opened = self._known[EventKind.OPEN]
        for i, (kind, new) in enumerate(zip(kinds.tolist(), fresh.tolist(), strict=True)):
            text = self._new(kind) if new else self._random.choice(self._known.get(EventKind(kind), opened))
            rows["text"][i] = rows["raw"][i] = text
            if kind == EventKind.EXEC:
                self._made += 1
                line = f"cc1\0-quiet\0-I\0include\0src/unit_{self._made}.c\0-o\0/var/cache/cc{self._made:x}.s"
                rows["args"][i] = self._put(line) if new else self._random.choice(self._args[text])
                rows["subject"][i] = 0 if new or "gcc" in self._strings[text] else rows["subject"][i]  # builds run on the host
        for i in self._numbers.choice(ROWS, ROWS // 1000, replace=False).tolist():
            kind, path, line, flags = self._random.choice(SUSPICIOUS)
            rows["kind"][i], rows["flags"][i] = kind, flags
            rows["text"][i] = rows["raw"][i] = self._put(path)
            rows["args"][i], rows["port"][i] = self._put(line), 80


def naive(detectors: tuple[Detector, ...]) -> Callable[[EventBatch], int]:
    """Each row an object, each rule for its kind a function that is asked: the way without columns, memo and prefilter."""
    table = ProcessTable()
    asked = {kind: [d for d in detectors if any(kind in i.kinds for i in d.interests)] for kind in EventKind}

    def run(batch: EventBatch) -> int:
        fired = 0
        for index in range(len(batch)):
            event = batch.event(index)
            if event.kind is EventKind.EXEC:
                process = table.start(
                    event.process, parent=event.parent, pid=event.pid, uid=event.uid, subject=event.subject,
                    time=event.time, exe=event.text, args="\0".join(event.argv), flags=event.flags,
                )  # fmt: skip
            elif event.kind is EventKind.EXIT:
                table.end(event.process, event.time)
                continue
            else:
                process = table.get(event.process) or table.add(
                    Process(key=event.process, parent=event.parent, pid=event.pid, subject=event.subject.id, exe=event.exe)
                )
            context = Context(event, process, table, None)
            fired += sum(detector.judge(context) is not None for detector in asked[event.kind])
        return fired

    return run


def measure(run: Callable[[EventBatch], object], batches: Iterator[EventBatch], warm: int, count: int) -> float:
    """Events per CPU second: the median over batches, each made just before and not counted."""
    rates = []
    for number in range(warm + count):
        batch = next(batches)
        gc.collect()
        begin = time.process_time_ns()
        run(batch)
        spent = time.process_time_ns() - begin
        if number >= warm:
            rates.append(len(batch) / max(1, spent) * 1e9)
    return float(np.median(rates))


def stream(fresh: float) -> Iterator[EventBatch]:
    """Batches for ever."""
    generator = Generator(fresh)
    yield generator.running()
    while True:
        yield generator.batch()


def main(count: int) -> None:
    """Prints the figures; raises if the engine is deaf (a fast engine that sees nothing is worth nothing)."""
    print(f"runtime engine, {len(DETECTORS)} detectors, batches of {ROWS:,} rows, one core, events per CPU second (median)")
    floor = measure(lambda b: int(b.rows["kind"].sum()) + int(b.rows["text"].max()), stream(0.05), 2, count)
    for name, fresh, aim in (("95 % seen", 0.05, 500_000), ("all new", 1.0, 150_000)):
        engine = RuntimeEngine(HOST)
        alerts: list[object] = []

        def judge(batch: EventBatch, engine: RuntimeEngine = engine, alerts: list[object] = alerts) -> None:
            alerts.extend(engine.feed(batch))

        rate = measure(judge, stream(fresh), 4, count)
        plain = measure(naive(DETECTORS), stream(fresh), 1, max(2, count // 8))
        if not alerts:
            raise SystemExit("no alert at all: the rows or the engine are wrong")
        print(
            f"  {name:10} {rate:11,.0f}/s  aim {aim:,}/s  {rate / plain:5.1f} x the naive loop ({plain:,.0f}/s)  "
            f"{len(alerts)} alerts  {floor / rate:,.0f} x slower than summing one column"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
