"""What becomes of behaviour that no entry explains."""

from __future__ import annotations

from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.baseline.images import ImageFiles
from periderm.engines.baseline.judging import normal_of
from periderm.engines.baseline.workload import Workload
from periderm.engines.runtime.scene import image
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import Event, EventFlag, Tick
from tests.behaving import HOST, INVENTORY, NGINX, SECOND, SH, START, feed, learned, named, opens, runs, shell, start


def test_the_first_program_of_a_container_is_its_workload() -> None:
    """Whatever it is called, it is learned; without a file it is told."""
    engine = BaselineEngine(HOST)
    engine.learn_image(INVENTORY)
    assert feed(engine, runs(1, 9_000, SH, "sh", "/run.sh", at=1.0)) == []
    drifted = BaselineEngine(HOST)
    drifted.learn_image(INVENTORY)
    assert feed(drifted, runs(1, 9_000, "/memfd:x", "x", at=1.0, flags=EventFlag.MEMORY_BACKED))


def test_while_learning_only_what_is_very_surprising_is_told() -> None:
    """A program from a writable place at once; it is not learned, and neither is what it does."""
    engine = BaselineEngine(HOST)
    engine.learn_image(INVENTORY)
    events = (*start(), *named([opens(1, "/srv/x", at=5.0)]), runs(9, 2, "/tmp/upd", "upd", at=6.0))
    assert [alert.detector for alert in feed(engine, *events)] == ["BASE-02-03"]
    feed(engine, opens(9, "/srv/y", at=7.0))
    baseline = engine.baseline("wkl-shop")
    assert baseline is not None
    assert baseline.phase is Phase.LEARNING


def test_what_an_unknown_program_does_next_is_part_of_the_same_news() -> None:
    """Its reads are not told one by one; a child with a name of its own is, below the first alert."""
    engine = learned()
    (first,) = feed(engine, shell(1_500.0))
    assert feed(engine, opens(50, "/etc/hostname", at=1_501.0)) == []
    (second,) = feed(engine, runs(51, 50, "/tmp/upd", "upd", at=1_502.0))
    assert second.deviation is not None
    assert second.deviation.by == first.id


def test_normal_is_told_with_what_the_image_says() -> None:
    """Without an image nothing is proved by absence."""
    workload = Workload("w", "", "n")
    workload.entries.add(Behaviour(Aspect.USER, NGINX, "33"))
    workload.entries.add(Behaviour(Aspect.PROGRAM, NGINX))
    bare = normal_of(workload, None)
    assert (bare.inventory, bare.package(NGINX), list(bare.users), list(bare.programs)) == (False, None, [33], [NGINX])
    known = normal_of(workload, ImageFiles.of(INVENTORY))
    assert (known.inventory, known.package(NGINX), known.entries) == (True, "nginx", 2)


def test_a_tool_of_a_job_that_nobody_knew() -> None:
    """Below a command line that came with it a tool of the image is told; below one that is known it is not."""
    worker, df, ls = "/usr/bin/worker", "/usr/bin/df", "/usr/bin/ls"
    engine = BaselineEngine(HOST)
    engine.learn_image(image(worker, SH, df, ls))

    def job(number: int, at: float, script: str, *programs: str) -> tuple[Event, ...]:
        """The worker asks a shell, which starts the programs."""
        below = [
            runs(number + i, number, path, path.rpartition("/")[2], at=at + i / 10, uid=0) for i, path in enumerate(programs, 1)
        ]
        return (runs(number, 1, SH, "sh", "-c", script, at=at, uid=0), *below)

    lines = ("df", "df; echo x", "df; test -e /x", "cd /; df")
    jobs = [job(100 + minute * 10, 10.0 + minute * 60, lines[minute % 4], df) for minute in range(16)]
    feed(engine, runs(1, 9_000, worker, "worker", "-f", at=1.0, uid=0), *(event for each in jobs for event in each))
    engine.tick(Tick(START + 1_500 * SECOND))
    baseline = engine.baseline("wkl-shop")
    assert baseline is not None
    assert baseline.phase is Phase.ALERTING
    assert feed(engine, *job(600, 1_600.0, "df", df)) == []
    (alert,) = feed(engine, *job(700, 1_700.0, "ls /root; cut", ls))
    assert alert.detector == "BASE-02-01"
    assert alert.process.exe == ls
