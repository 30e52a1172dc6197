"""`periderm selftest`: harmless exercises in a throwaway container: what was exercised, what was seen, how fast."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from periderm import wiring
from periderm.app.selftest import agent_lives, latest
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.exercise import Exercise, ExerciseResult, Outcome, SelfTest
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

if TYPE_CHECKING:
    from periderm.app.application import Application

_HEAD = (
    Text("EXERCISE", "演练"),
    Text("VARIANT", "变体"),
    Text("WHAT", "内容"),
    Text("OUTCOME", "结果"),
    Text("AFTER", "用时"),
    Text("BY", "检测器"),
)
_RUNS = (Text("RUN", "编号"), Text("WHEN", "时间"), Text("SEEN", "已发现"), Text("VERSION", "版本"))
_OUTCOMES = {
    Outcome.SEEN: Text("seen", "已发现"),
    Outcome.MISSED: Text("MISSED", "漏报"),
    Outcome.NOT_RUN: Text("not run", "未执行"),
}
_SUM = Text(
    "{seen} of {run} exercises were seen; the median alert came after {median} s. {left} could not be run here.",
    "{run} 项演练中发现 {seen} 项；告警用时中位数 {median} 秒。另有 {left} 项在此无法执行。",
)
_STARTING = Text("No agent runs: one is started for the exercises.", "没有正在运行的代理：将为演练启动一个。")
EXIT_MISSED = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("only", nargs="*", metavar="ID", help="exercises or detectors (default: all)")
    parser.add_argument("--list", action="store_true", help="list the exercises, and do none")
    parser.add_argument("--last", action="store_true", help="show the last run again")
    parser.add_argument("--runs", action="store_true", help="list earlier runs")
    parser.add_argument("--every", metavar="TIME", help="do it again and again, like 24h, until Ctrl-C")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does the exercises, or shows what came of earlier ones. 1 if something was missed."""
    chosen = _chosen(options.only)
    if options.list:
        _list(chosen, out)
        return 0
    if options.last or options.runs:
        with wiring.reader(settings) as app:
            runs = latest(app, LOCAL_ADMIN)
        if not runs:
            raise NotFoundError("The self-test was never run here.", "Run `periderm selftest` as root.")
        if options.runs:
            _list_runs(runs, out)
            return 0
        return _tell(runs[0], out)
    if not options.every:
        return _once(chosen, settings, out)
    pause = seconds_of(options.every)
    while True:
        _once(chosen, settings, out)
        wiring.wait(pause)


def _once(chosen: tuple[Exercise, ...], settings: Settings, out: Output) -> int:
    done = 0

    def progress(result: ExerciseResult) -> None:
        nonlocal done
        done += 1
        out.progress(f"{result.exercise} {out.say(_OUTCOMES[result.outcome])}", done / len(chosen))

    with _watched(settings, out) as (app, alive):
        result = wiring.course(settings, app, progress, alive).run(LOCAL_ADMIN, chosen)
    return _tell(result, out)


@contextlib.contextmanager
def _watched(settings: Settings, out: Output) -> Iterator[tuple[Application, Callable[[], None]]]:
    """The product that runs already, or one that is started for the time of the exercises."""
    with wiring.keeper(settings) as app:
        if agent_lives(app):
            yield app, lambda: None
            return
    out.note(out.say(_STARTING))
    with wiring.up(settings, sample=False, tell=out.note, progress=out.progress) as running:
        if running.missing:
            raise UsageError(out.say(running.missing[0]), "See `periderm doctor`.")
        with wiring.keeper(settings) as app:
            for _ in range(100):
                if agent_lives(app):
                    break
                running.up.check()
                running.wait(0.1)
            yield app, running.up.check


def _chosen(only: list[str]) -> tuple[Exercise, ...]:
    whole = wiring.exercises()
    wanted = {name.upper() for name in only}
    unknown = wanted - {e.id for e in whole} - {d for e in whole for d in e.detectors}
    if unknown:
        raise UsageError(f"No exercise is called {min(unknown)!r}.", "`periderm selftest --list` lists all.")
    return tuple(e for e in whole if not wanted or e.id in wanted or wanted & set(e.detectors))


def _list(exercises: tuple[Exercise, ...], out: Output) -> None:
    if out.json:
        out.value(exercises)
        return
    head = (_HEAD[0], _HEAD[1], _HEAD[2], _HEAD[5])
    out.table([out.say(h) for h in head], [(e.id, e.variant.value, out.say(e.title), " ".join(e.detectors)) for e in exercises])


def _list_runs(runs: Sequence[SelfTest], out: Output) -> None:
    if out.json:
        out.value(runs)
        return
    rows = [(r.id, exact(r.started), f"{r.seen}/{r.run}", r.version) for r in runs]
    out.table([out.say(h) for h in _RUNS], rows)


def _tell(run: SelfTest, out: Output) -> int:
    missed = [r for r in run.results if r.outcome is Outcome.MISSED]
    if out.json:
        out.value(run)
        return EXIT_MISSED if missed else 0
    out.table([out.say(h) for h in _HEAD], [_row(r, out) for r in run.results])
    for result in (r for r in run.results if r.outcome is not Outcome.SEEN):
        out.line(f"{result.exercise}: {out.say(result.reason)}")
    times = sorted(r.seconds for r in run.results if r.outcome is Outcome.SEEN)
    median = f"{times[len(times) // 2]:.2f}" if times else "-"
    left = len(run.results) - run.run
    out.line(out.say(_SUM.fill(seen=run.seen, run=run.run, median=median, left=left)))
    return EXIT_MISSED if missed else 0


def _row(result: ExerciseResult, out: Output) -> tuple[str, ...]:
    after = f"{result.seconds:.2f} s" if result.seconds >= 0 else "-"
    outcome = out.say(_OUTCOMES[result.outcome])
    return (result.exercise, result.variant.value, out.say(result.title), outcome, after, " ".join(result.seen_by) or "-")
