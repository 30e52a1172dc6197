"""`periderm incidents`: the list, one incident as a story, and where people are with it."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from periderm import wiring
from periderm.app.application import Application
from periderm.app.export_incident import export_incident
from periderm.app.handle_all import change_all_states, matching_incidents
from periderm.app.incident_pdf import incident_pdf
from periderm.app.incidents import change_state, list_incidents, places, show_incident
from periderm.app.traces import Traces, traces
from periderm.cli import all_matching, words
from periderm.cli.output import Output
from periderm.cli.telling import tell
from periderm.cli.times import ago, now
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.text import Text

_STATES = {
    "acknowledge": IncidentState.ACKNOWLEDGED,
    "resolve": IncidentState.RESOLVED,
    "false-alarm": IncidentState.FALSE_ALARM,
    "reopen": IncidentState.NEW,
}
_HEAD = (
    Text("SEVERITY", "严重程度"),
    Text("LAST", "最近"),
    Text("WHERE", "位置"),
    Text("WHAT", "事件"),
    Text("STOPPED", "阻断"),
    Text("STATE", "状态"),
    Text("ID", "编号"),
)
_TRACES = (Text("PROGRAM", "程序"), Text("HOW", "方式"), Text("WITH OR ON", "对端或文件"), Text("TIMES", "次数"))
_NOT_KEPT = Text(
    "No events of that time are kept on this machine; this is what the alerts told.",
    "本机没有保存该时段的事件；以上来自告警。",
)
_PART = Text("Only the first {n} events were looked at.", "只查看了最早的 {n} 个事件。")
_WRITTEN = Text("{file} was written ({size} bytes).", "已写入 {file}（{size} 字节）。")
_NONE = Text("No incident that matches.", "没有符合条件的事件。")
_YES, _NO = Text("yes", "是"), Text("no", "否")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION ID",
        help="`show ID` tells one as a story; `traces ID` what its processes did besides; `export ID` writes it; "
        f"{', '.join(_STATES)} say where you are with it",
    )
    all_matching.arguments(parser)
    parser.add_argument("--output", metavar="FILE", help="with export: the file to write (.pdf or .json)")
    parser.add_argument("--status", choices=[s.value for s in IncidentState], help="only those in this state")
    words.filters(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, shows or changes."""
    words.limit_of(options)
    if all_matching.wanted(options, options.words, tuple(_STATES)):
        return _all(options, settings, out)
    act, incident_id = words.action(options.words, ("show", "traces", "export", *_STATES), "inc-", "incidents")
    with wiring.reader(settings) as app:
        if act == "":
            return _list(app, options, out)
        if act == "show":
            story = show_incident(app, LOCAL_ADMIN, incident_id)
            if out.json:
                out.value(story)
            else:
                tell(story, out)
            return 0
        if act == "traces":
            for chosen in (wiring.history, wiring.fleet_history):  # of this machine, then what others sent
                past = chosen(settings)
                try:
                    found = traces(msgspec.structs.replace(app, history=past), LOCAL_ADMIN, incident_id)
                finally:
                    past.close()
                if found.kept:
                    break
            _traces(found, out)
            return 0
        if act == "export":
            return _export(app, incident_id, options.output or "", out)
        changed = change_state(app, LOCAL_ADMIN, incident_id, _STATES[act])
    if out.json:
        out.value(changed)
    else:
        out.line(f"{out.say(changed.id)}: {out.say(words.STATES[changed.state])}")
    return 0


def _traces(found: Traces, out: Output) -> None:
    if out.json:
        out.value({"incident_id": found.incident_id, "flows": found.flows, "files": found.files, "whole": found.whole})
        return
    rows = [(f.program, f.way, f"{f.peer}:{f.port}" if f.port else f.peer, str(f.count or "")) for f in found.flows]
    rows += [(f.program, ", ".join(f.ways), f.path, str(f.count or "")) for f in found.files]
    out.table([out.say(h) for h in _TRACES], rows, right=(3,))
    if not found.kept:
        out.note(out.say(_NOT_KEPT))
    elif not found.whole:
        out.note(out.say(_PART.fill(n=found.looked_at)))


def _export(app: Application, incident_id: str, target: str, out: Output) -> int:
    if not target.endswith((".pdf", ".json")):
        raise UsageError("Where the incident is to be written is missing.", "Give --output FILE.pdf or FILE.json.")
    if target.endswith(".pdf"):
        content = incident_pdf(app, LOCAL_ADMIN, incident_id, out.language)
    else:
        content = export_incident(app, LOCAL_ADMIN, incident_id)
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise NotFoundError(f"{target!r} cannot be written: {error.strerror}.", "Name a folder that is there.") from error
    out.answer({"written": target, "bytes": len(content)}, _WRITTEN.fill(file=target, size=len(content)))
    return 0


def _all(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    state, query = _STATES[options.words[0]], _query(options)
    said = all_matching.filters_of(options, "status", "severity")
    with wiring.reader(settings) as app:
        return all_matching.told_or_done(
            options,
            out,
            lambda: matching_incidents(app, LOCAL_ADMIN, query),
            lambda expected: change_all_states(app, LOCAL_ADMIN, query, state, expected=expected, words=said),
        )


def _query(options: argparse.Namespace) -> Query:
    return Query(
        state=options.status or "",
        severity_at_least=words.severity_of(options.severity),
        limit=words.limit_of(options),
    )


def _list(app: Application, options: argparse.Namespace, out: Output) -> int:
    page = list_incidents(app, LOCAL_ADMIN, _query(options))
    if out.json:
        out.value(page)
        return 0
    if not page.items:
        out.note(out.say(_NONE))
        return 0
    at, where = now(), places(app, LOCAL_ADMIN, page.items)
    rows = [
        (
            out.say(words.severity_label(i.severity)),
            ago(i.last_time, at, out.language),
            where[i.id],
            out.say(i.title),
            out.say(_YES if i.stopped else _NO),
            out.say(words.STATES[i.state]),
            i.id,
        )
        for i in page.items
    ]
    out.table([out.say(h) for h in _HEAD], rows)
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))
    return 0
