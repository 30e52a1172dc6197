"""`periderm harden`: how narrowly a workload could be run, with the replay of its past as proof."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from periderm import wiring
from periderm.app.harden import Document, Form, Hardened, documents, harden
from periderm.app.hardening_words import MEASURES, needed
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import NotFoundError
from periderm.model.hardening import Measure, Proof
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (Text("MEASURE", "措施"), Text("WHAT IT NEEDS", "所需"))
_PROOF = Text(
    "{hurt} of {events} events since {since} would have been refused ({containers} containers).",
    "自 {since} 以来的 {events} 个事件中有 {hurt} 个会被拒绝（{containers} 个容器）。",
)
_NO_PROOF = Text("No history is kept: nothing proves it.", "没有保存历史：无法验证。")
_NO_EVENTS = Text("History holds no event of it since {since}: nothing proves it.", "自 {since} 以来没有它的事件：无法验证。")
_PART = Text("Not all of the past was looked at: shorten the time (--since).", "未能查看全部历史：请缩短时间（--since）。")
_EARLY = Text(
    "It was watched for {minutes} minutes only: what it does seldom is not in here.",
    "仅观察了 {minutes} 分钟：其偶发行为尚未计入。",
)
_WATCHED = Text("{name}: watched for {hours} hours.", "{name}：已观察 {hours} 小时。")
_REFUSED = (
    Text("WOULD REFUSE", "会拒绝"),
    Text("PROGRAM", "程序"),
    Text("WHAT", "内容"),
    Text("TIMES", "次数"),
    Text("LAST", "最近"),
    Text("BY", "来自"),
)
_SESSION, _ITSELF = Text("a session", "会话"), Text("itself", "自身")
_WROTE = Text("{path} was written.", "已写入 {path}。")
_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("workload", metavar="WORKLOAD", help="a workload or one of its containers, by name or id")
    parser.add_argument("--format", choices=[form.value for form in Form], help="write it in these words (default: a summary)")
    parser.add_argument("--output", metavar="DIR", help="folder for the files (default: print the first one)")
    parser.add_argument("--since", default="30d", metavar="TIME", help="how far back the past is replayed, like 12h or 7d")
    parser.add_argument("--no-replay", action="store_true", help="do not replay the past")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Derives, proves, and prints or writes."""
    history = None if options.no_replay or not os.path.isdir(settings.history) else wiring.history(settings, out.note)
    try:
        with wiring.reader(settings) as app:
            since = app.clock.now() - seconds_of(options.since) * 10**9
            hardened = harden(app, LOCAL_ADMIN, options.workload, history, since)
    finally:
        if history is not None:
            history.close()
    if not options.format:
        if out.json:
            out.value(hardened)
        else:
            _summary(hardened, out)
        return 0
    files = documents(hardened, Form(options.format))
    if options.output:
        for path in _write(files, options.output):
            out.line(out.say(_WROTE.fill(path=path)))
    else:
        out.raw(files[0].content)
    _proof(hardened.proof, out, quiet=True)
    _early(hardened, out)
    return 0


def _write(files: tuple[Document, ...], folder: str) -> list[str]:
    """Into the folder, which must be there. Raises NotFoundError."""
    paths = []
    for file in files:
        path = Path(folder, file.name)
        try:
            path.write_bytes(file.content)
        except OSError as error:
            raise NotFoundError(
                f"{str(path)!r} cannot be written: {error.strerror}.", "Name a folder that is there."
            ) from error
        paths.append(str(path))
    return paths


def _summary(hardened: Hardened, out: Output) -> None:
    hardening = hardened.hardening
    out.line(out.say(_WATCHED.fill(name=hardening.name, hours=round(hardening.observed / 3600, 1))))
    rows = [(out.say(MEASURES[measure]), out.say(needed(hardening, measure))) for measure in Measure]
    out.table([out.say(h) for h in _HEAD], rows)
    for note in hardening.notes:
        out.line(f"- {out.say(MEASURES[note.measure])}: {out.say(note.text)}")
    _proof(hardened.proof, out)
    _early(hardened, out)


def _proof(proof: Proof | None, out: Output, *, quiet: bool = False) -> None:
    """What the replay says; `quiet` only in a line beside the result."""
    say = out.note if quiet else out.line
    if proof is None or not proof.events:
        say(out.say(_NO_PROOF if proof is None else _NO_EVENTS.fill(since=exact(proof.since))))
        return
    told = _PROOF.fill(hurt=proof.hurt, events=proof.events, since=exact(proof.since), containers=proof.containers)
    say(out.say(told))
    if proof.refused and not quiet:
        rows = [
            (
                out.say(MEASURES[refused.measure]),
                refused.program,
                refused.what,
                str(refused.count),
                exact(refused.last),
                out.say(_SESSION if refused.session else _ITSELF),
            )
            for refused in proof.refused[:_SHOWN]
        ]
        out.table([out.say(h) for h in _REFUSED], rows, right=(3,))
    if not proof.whole:
        out.note(out.say(_PART))


def _early(hardened: Hardened, out: Output) -> None:
    if hardened.early:
        out.note(out.say(_EARLY.fill(minutes=hardened.hardening.observed // 60)))
