"""`periderm respond`: act on a container, a process or a file (kill, pause, isolate, …), list what was done, take it back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm import wiring
from periderm.app.effects import list_effects, show_effect
from periderm.app.respond_to import KINDS, Wish, order_response, undo_response
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.telling import name_of
from periderm.cli.times import exact
from periderm.model.effect import EffectRecord, EffectState, Held
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("ID", "编号"),
    Text("WHEN", "时间"),
    Text("WHAT", "内容"),
    Text("STATE", "状态"),
    Text("BY", "决定者"),
    Text("REASON", "理由"),
    Text("DETAIL", "详情"),
)
_WOULD, _WILL = (
    Text("Would hit: {what}", "将影响：{what}"),
    Text("Ordered: {id}. It hits: {what}", "已下达：{id}。影响：{what}"),
)
_REFUSED = Text("Refused: {what}", "已拒绝：{what}")
_UNDO = Text("Take it back: periderm respond undo {id} --reason …", "撤销：periderm respond undo {id} --reason …")
_NONE = Text("Nothing has been done to any workload.", "没有对任何工作负载采取过动作。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION NAME",
        help=f"{', '.join(KINDS)} and a container's name or id (none: this machine); `undo ID`, `show ID` (default: list)",
    )
    parser.add_argument("--reason", default="", help="why (needed, but for a dry run)")
    parser.add_argument("--for", dest="length", default="", metavar="TIME", help="how long it holds, like 30m or 2h")
    parser.add_argument("--dry-run", action="store_true", help="only say what it would hit")
    parser.add_argument("--pid", type=int, default=0, metavar="N", help="the process, as this machine numbers it")
    parser.add_argument("--path", default="", metavar="FILE", help="the file, inside the container")
    parser.add_argument("--keep", action="append", default=[], metavar="ADDRESS", help="stays reachable in isolation (repeat)")
    parser.add_argument("--packets", type=int, default=0, metavar="SECONDS", help="a capture also listens to the network")
    parser.add_argument("--file", action="append", default=[], metavar="FILE", help="a capture also takes this file (repeat)")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Orders, takes back, or lists."""
    words: list[str] = options.words
    if not words or words == ["list"]:
        with wiring.reader(settings) as app:
            _list(list_effects(app, LOCAL_ADMIN, Query(limit=1000)).items, out)
        return 0
    action, names = words[0], words[1:]
    if len(names) > 1 or (action in ("undo", "show") and not names) or action not in (*KINDS, "undo", "show"):
        raise UsageError(
            f"`respond {' '.join(words)}` is not understood.",
            f"Say one of {', '.join(KINDS)} and a container, or `undo ID`, `show ID`, `list`.",
        )
    with wiring.reader(settings) as app:
        if action == "show":
            _list(show_effect(app, LOCAL_ADMIN, names[0]), out)
            return 0
        if action == "undo":
            record = undo_response(app, LOCAL_ADMIN, names[0], options.reason)
        else:
            record = order_response(app, LOCAL_ADMIN, _wish(action, names, options), dry_run=options.dry_run)
    _tell(record, out)
    return 0


def _wish(action: str, names: Sequence[str], options: argparse.Namespace) -> Wish:
    started = 0
    if options.pid:
        started = wiring.started(options.pid)
        if not started:
            raise NotFoundError(f"No process {options.pid} runs on this machine.", "Give the number that `ps` shows here.")
    return Wish(
        kind=action,
        container=names[0] if names else "",
        pid=options.pid,
        started=started,
        path=options.path,
        seconds=seconds_of(options.length) if options.length else 0,
        keep=tuple(options.keep),
        packets=options.packets,
        files=tuple(options.file),
        reason=options.reason,
    )


def _tell(record: EffectRecord, out: Output) -> None:
    if out.json:
        out.value(record)
        return
    what = out.say(record.detail)
    if record.state is EffectState.ORDERED:
        out.line(out.say(_WILL.fill(id=record.effect.id, what=what)))
        if isinstance(record.effect, Held):
            out.note(out.say(_UNDO.fill(id=record.effect.id)))
    else:
        out.line(out.say((_REFUSED if record.state is EffectState.REFUSED else _WOULD).fill(what=what)))


def _list(records: Sequence[EffectRecord], out: Output) -> None:
    if out.json:
        out.value(records)
    elif not records:
        out.line(out.say(_NONE))
    else:
        out.table([out.say(h) for h in _HEAD], [_row(record, out) for record in records])


def _row(record: EffectRecord, out: Output) -> tuple[str, ...]:
    effect = record.effect
    return (
        effect.id,
        exact(record.time),
        out.say(name_of(effect)),
        record.state.value,
        effect.decided_by,
        out.say(effect.reason),
        out.say(record.detail),
    )
