"""`periderm incidents`: the list, one incident as a story, and where people are with it."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app.application import Application
from periderm.app.incidents import change_state, list_incidents, show_incident
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.telling import tell
from periderm.cli.times import ago, now
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
_NONE = Text("No incident that matches.", "没有符合条件的事件。")
_YES, _NO = Text("yes", "是"), Text("no", "否")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION ID",
        help=f"`show ID` tells one as a story; {', '.join(_STATES)} say where you are with it",
    )
    parser.add_argument("--status", choices=[s.value for s in IncidentState], help="only those in this state")
    words.filters(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, shows or changes."""
    act, incident_id = words.action(options.words, ("show", *_STATES), "inc-", "incidents")
    words.limit_of(options)
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
        changed = change_state(app, LOCAL_ADMIN, incident_id, _STATES[act])
    if out.json:
        out.value(changed)
    else:
        out.line(f"{out.say(changed.id)}: {out.say(words.STATES[changed.state])}")
    return 0


def _list(app: Application, options: argparse.Namespace, out: Output) -> int:
    query = Query(
        state=options.status or "",
        severity_at_least=words.severity_of(options.severity),
        limit=words.limit_of(options),
    )
    page = list_incidents(app, LOCAL_ADMIN, query)
    if out.json:
        out.value(page)
        return 0
    if not page.items:
        out.note(out.say(_NONE))
        return 0
    at = now()
    rows = [
        (
            out.say(words.severity_label(i.severity)),
            ago(i.last_time, at, out.language),
            out.say(words.place(i)),
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
