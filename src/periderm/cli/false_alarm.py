"""`periderm false-alarm`: how often detectors are wrong here; what would keep an incident from coming again and what that would
have hidden; and saying that it was a false alarm."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app import false_alarm
from periderm.app.application import Application
from periderm.app.behaviour_words import said
from periderm.app.false_alarm import FalseAlarm, Suggested, Suggestion
from periderm.app.firings import firings
from periderm.cli.output import Output
from periderm.cli.times import ago, now
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.model.timestamps import end_of_day

_HEAD = (
    Text("DETECTOR", "检测器"),
    Text("ALERTS", "告警"),
    Text("FALSE", "误报"),
    Text("EXCEPTED", "已例外"),
    Text("LAST", "最近"),
)
_QUIET = Text("No detector fired in the last 30 days.", "过去 30 天没有检测器触发。")
_KINDS = {
    "baseline": Text("normal for the workload {what}", "对工作负载 {what} 属于正常"),
    "program": Text("except {what} for these programs in {where}", "对 {where} 中的这些程序例外 {what}"),
    "detector": Text("except {what} in {where}", "在 {where} 中例外 {what}"),
}
_COVERS = Text(
    "    alerts of it that this covers: {covers}; in 30 days it would have hidden {total} ({high} high or critical)",
    "    涵盖其中 {covers} 条告警；30 天内会隐藏 {total} 条（高危或严重 {high} 条）",
)
_EMPTIES = Text("    open incidents that would not be there: {names}", "    不会出现的未关闭事件：{names}")
_PART = Text("    only the newest {n} of {total} alerts were looked at", "    只查看了 {total} 条告警中最新的 {n} 条")
_NOTHING = Text("Nothing would keep it from coming again.", "没有办法避免其再次发生。")
_SAY = Text(
    "Say it: periderm false-alarm {id} --reason TEXT [--follow ID] [--others]",
    "确认误报：periderm false-alarm {id} --reason 理由 [--follow ID] [--others]",
)
_DONE = Text("False alarms: {incidents}", "误报：{incidents}")
_MADE = Text("Exceptions: {names}. Undo: periderm exceptions remove ID", "例外：{names}。撤销：periderm exceptions remove ID")
_DECIDED = Text("Decisions: {names}. Undo: periderm baseline undo", "决定：{names}。撤销：periderm baseline undo")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("id", metavar="INCIDENT", nargs="?", default="", help="an incident (none: list detectors)")
    parser.add_argument("--reason", metavar="TEXT", default="", help="say that it was false, and why")
    parser.add_argument("--follow", metavar="ID", action="append", default=[], help="a suggestion to follow; repeatable")
    parser.add_argument("--owner", metavar="NAME", default="", help="who answers for exceptions (default: you)")
    parser.add_argument("--until", metavar="DAY", default="", help="the last day of exceptions (default: in 90 days)")
    parser.add_argument("--others", action="store_true", help="open incidents that would not be there are false, too")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, suggests or says."""
    if not options.id and (options.reason or options.follow):
        raise UsageError("Which incident was false is missing.", "`periderm incidents` lists them.")
    if options.follow and not options.reason:
        raise UsageError("A false alarm needs a reason.", "Give --reason.")
    with wiring.reader(settings) as app:
        if not options.id:
            _list(app, out)
        elif options.reason:
            _say(app, options, out)
        else:
            suggested = false_alarm.suggest(app, LOCAL_ADMIN, options.id)
            out.answer(suggested, *_told(suggested))
    return 0


def _list(app: Application, out: Output) -> None:
    found = firings(app, LOCAL_ADMIN)
    if out.json:
        out.value(found)
        return
    if not found:
        out.note(out.say(_QUIET))
        return
    at = now()
    rows = [(f.detector, str(f.alerts), str(f.false), str(f.excepted), ago(f.last, at, out.language)) for f in found]
    out.table([out.say(h) for h in _HEAD], rows, right=(1, 2, 3))


def _say(app: Application, options: argparse.Namespace, out: Output) -> None:
    try:
        until = end_of_day(options.until) if options.until else 0
    except ValueError:
        raise UsageError("The last day of the exceptions is no day.", "Give --until 2027-01-31.") from None
    given = FalseAlarm(
        reason=options.reason, chosen=tuple(options.follow), owner=options.owner, until=until, others=options.others
    )
    done = false_alarm.say_false(app, LOCAL_ADMIN, options.id, given)
    told = [_DONE.fill(incidents=", ".join(done.incidents))]
    if done.exceptions:
        told.append(_MADE.fill(names=", ".join(done.exceptions)))
    if done.decisions:
        told.append(_DECIDED.fill(names=", ".join(done.decisions)))
    out.answer(done, *told)


def _told(suggested: Suggested) -> list[Text]:
    told: list[Text] = []
    for each in suggested.suggestions:
        told += _one(each)
    if not told:
        told.append(_NOTHING)
    told.append(_SAY.fill(id=suggested.incident_id))
    return told


def _one(each: Suggestion) -> list[Text]:
    what = each.title if each.kind == "baseline" else Text(*[", ".join(each.detectors)] * 2)
    kind = _KINDS[each.kind]
    where = ", ".join(each.scope.assets)
    en, zh = kind.en.format(what=what.en, where=where), kind.zh.format(what=what.zh, where=where)
    told = [
        Text(f"{each.id}  {en}", f"{each.id}  {zh}"),
        *(Text(f"    {p}", f"    {p}") for p in each.scope.paths),
        *(Text(f"    {t.en}", f"    {t.zh}") for t in map(said, each.behaviours[:10])),
        _COVERS.fill(covers=each.covers, total=each.hidden.total, high=each.hidden.high),
    ]
    if each.hidden.incidents:
        told.append(_EMPTIES.fill(names=", ".join(each.hidden.incidents[:10])))
    if not each.hidden.whole:
        told.append(_PART.fill(n=each.hidden.looked_at, total=each.hidden.findable))
    return told
