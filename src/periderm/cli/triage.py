"""`periderm triage`: whose an incident or a weakness is, until when, what was said of it; the two trends of risk."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence

from periderm import wiring
from periderm.app import accepting, handling
from periderm.app.application import Application
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import UsageError
from periderm.model.handling import Handling, HandlingAction, HandlingKind, HandlingState, RiskDay
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.model.timestamps import end_of_day

ACTIONS = ("list", "show", *(action.value for action in HandlingAction), "trends")
_HEAD = (
    Text("SEVERITY", "严重程度"),
    Text("STATE", "状态"),
    Text("WHAT", "内容"),
    Text("WHERE", "位置"),
    Text("WHOSE", "处理人"),
    Text("DUE", "期限"),
    Text("ID", "编号"),
)
STATES = {
    HandlingState.NEW: Text("new", "新建"),
    HandlingState.ASSIGNED: Text("assigned", "已分派"),
    HandlingState.TICKETED: Text("ticketed", "已建工单"),
    HandlingState.ACCEPTED: Text("accepted", "已接受"),
    HandlingState.FIXED: Text("fixed", "已修复"),
    HandlingState.REOPENED: Text("reopened", "已重开"),
    HandlingState.CLOSED: Text("closed", "已关闭"),
}
_NONE = Text("Nobody deals with anything like that.", "没有符合条件的处理项。")
_TRENDS = (
    Text("DAY", "日期"),
    Text("EXISTING", "存量"),
    Text("NEW", "新增存留"),
    Text("CAME", "当日新增"),
    Text("FIXED", "当日修复"),
)
_NO_DATE = Text("no date", "无期限")
_TICKET = Text("Ticket: {ticket}", "工单：{ticket}")
_ACCEPTS = Text(
    "{findings} findings in {assets} images, {running} containers run of them.",
    "涉及 {assets} 个镜像中的 {findings} 个发现，其中有 {running} 个容器在运行。",
)
_MAY_BE_MORE = Text("There may be more.", "可能还有更多。")
_HIDES_NOTHING = Text(
    "Nothing was changed (--dry-run). What is accepted stays in every list and count, and is open again after its day.",
    "未做任何更改（--dry-run）。已接受的风险仍会出现在所有列表与计数中，到期后自动重新打开。",
)
_PERSONS = Text("set by a person", "由人设定")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument("ids", nargs="*", metavar="ID", help="ids of incidents or findings")
    parser.add_argument("--only", choices=("open", "overdue", *(s.value for s in HandlingState)), help="list only those")
    parser.add_argument("--kind", choices=[k.value for k in HandlingKind], help="list only those")
    parser.add_argument("--of", metavar="NAME", default="", help="list only what is this person's or group's")
    parser.add_argument("--to", metavar="NAME", default="", help="with assign: a person or group (none: nobody)")
    parser.add_argument("--text", metavar="TEXT", default="", help="with comment: what to say; with accept: why")
    parser.add_argument("--until", metavar="DAY", default="", help="with due and accept: the last day (2027-01-31)")
    parser.add_argument("--at", metavar="URL", default="", help="with ticket: its address (none: no ticket)")
    parser.add_argument("--days", type=int, default=30, metavar="N", help="with trends: how many (default: 30)")
    parser.add_argument("--dry-run", action="store_true", help="with accept: only say what it would take out of what is open")
    words.filters(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, shows or changes."""
    words.limit_of(options)
    named = options.action not in ("list", "trends")
    if named != bool(options.ids):
        raise UsageError(
            f"`triage {options.action}` {'needs' if named else 'takes no'} ids.",
            "`periderm incidents` and `periderm findings` show them.",
        )
    with wiring.reader(settings) as app:
        if options.action == "trends":
            _trends(handling.trends(app, LOCAL_ADMIN, options.days), out)
        elif options.action == "list":
            query = Query(
                state=options.only or "",
                kind=options.kind or "",
                severity_at_least=words.severity_of(options.severity),
                limit=options.limit,
            )
            page = handling.list_handlings(app, LOCAL_ADMIN, query, assignee=options.of)
            if out.json:
                out.value(page)
            else:
                _table(page.items, out)
        elif options.action == "show":
            shown = [handling.handling_of(app, LOCAL_ADMIN, name) for name in options.ids]
            _tell(shown, out, whole=True)
        elif options.dry_run:
            _preview(app, options, out)
        else:
            _tell(_change(app, options), out)
    return 0


def _preview(app: Application, options: argparse.Namespace, out: Output) -> None:
    if options.action != HandlingAction.ACCEPT.value:
        raise UsageError("--dry-run is for accept.", "The others change nothing but what is said of it.")
    found = accepting.preview_acceptance(app, LOCAL_ADMIN, options.ids)
    if out.json:
        out.value(found)
        return
    for each in found:
        title = out.say(each.handling.title)
        said = _ACCEPTS.fill(findings=each.findings, assets=each.assets, running=each.running)
        out.line(f"{title}: {out.say(said)}" + ("" if each.whole else f" {out.say(_MAY_BE_MORE)}"))
    out.line(out.say(_HIDES_NOTHING))


def _change(app: Application, options: argparse.Namespace) -> list[Handling]:
    """What is said beside the ids depends on what is done."""
    action = HandlingAction(options.action)
    text = {HandlingAction.ASSIGN: options.to, HandlingAction.TICKET: options.at}.get(action, options.text)
    dated = options.until or action is HandlingAction.ACCEPT
    until = _end_of(options.until) if dated else 0
    return handling.change(app, LOCAL_ADMIN, options.ids, action, text=text, until=until)


def _end_of(text: str) -> int:
    """The end of that day (UTC), Unix nanoseconds."""
    try:
        return end_of_day(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no day." if text else "The day is missing.", "Give --until 2027-01-31.") from None


def _tell(found: Sequence[Handling], out: Output, *, whole: bool = False) -> None:
    if out.json:
        out.value(found)
        return
    _table(found, out)
    for each in found if whole else ():
        if each.ticket:
            out.line(out.say(_TICKET.fill(ticket=each.ticket)))
        for comment in each.comments:
            out.line(f"  {exact(comment.time)}  {comment.author}: {comment.what or comment.text}")


def _table(found: Sequence[Handling], out: Output) -> None:
    if not found:
        out.line(out.say(_NONE))
        return
    out.table([out.say(h) for h in _HEAD], [_row(each, out) for each in found])


def _row(each: Handling, out: Output) -> tuple[str, ...]:
    due = exact(each.due) if each.due else out.say(_NO_DATE)
    if each.due and each.due_by_person:
        due = f"{due}, {out.say(_PERSONS)}"
    state = out.say(STATES[each.state])
    return (
        words.severity(out, each.severity),
        state,
        out.say(each.title),
        each.place or each.asset_id,
        each.assignee or "-",
        due,
        each.id,
    )


def _trends(days: Sequence[RiskDay], out: Output) -> None:
    if out.json:
        out.value(days)
        return
    rows = []
    for each in days:
        day = datetime.datetime.fromtimestamp(each.day, tz=datetime.UTC).date().isoformat()
        rows.append((day, str(each.existing), str(each.fresh), str(each.came), str(each.fixed)))
    out.table([out.say(h) for h in _TRENDS], rows)
