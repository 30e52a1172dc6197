"""What `periderm rules` prints: tables and sentences in both languages, or JSON. Asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from periderm.app.rules import Linted, Listed, Tested
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.text import Text

if TYPE_CHECKING:
    from periderm.app.import_falco import Imported
    from periderm.app.rules import Tried

_RULES = (
    Text("ID", "编号"),
    Text("SEVERITY", "级别"),
    Text("TECHNIQUES", "技术"),
    Text("SOURCE", "来源"),
    Text("RESPONSE", "处置"),
    Text("TITLE", "标题"),
)
_PACKS = (
    Text("PACK", "规则包"),
    Text("VERSION", "版本"),
    Text("RULES", "规则数"),
    Text("SIGNED", "签名"),
    Text("IN FORCE", "生效"),
)
_BUILT_IN, _OFF = Text("built in", "内置"), Text("{source} (off)", "{source}（停用）")
_YES, _NO, _OLD = Text("yes", "是"), Text("no", "否"), Text("the one before", "之前的版本")
_NO_PACKS = Text("No pack is in {folder}.", "{folder} 中没有规则包。")
_FINE = Text("{file}: {count} rules, nothing to say.", "{file}：{count} 条规则，没有问题。")
_LEVELS = {"error": Text("error", "错误"), "warning": Text("warning", "警告")}
_TESTED = Text(
    "{file}: {rules} rules, {tests} tests, {failed} failed.", "{file}：{rules} 条规则，{tests} 个测试，{failed} 个失败。"
)
_TRIED = (
    Text("RULE", "规则"),
    Text("SEVERITY", "级别"),
    Text("ALERTS", "告警"),
    Text("EVENTS", "事件"),
    Text("EXCEPTED", "例外"),
    Text("WHERE", "位置"),
)
_SPAN = Text("{events} events from {first} to {last}.", "{events} 个事件，从 {first} 到 {last}。")
_NOTHING = Text("There are no events in that time.", "该时间段内没有事件。")
_CUT = Text("There were more alerts than are counted.", "告警数量超过可统计的上限。")
_FAILED = Text("{rule} could not be answered for {count} events: {reason}", "{rule} 对 {count} 个事件无法求值：{reason}")
_HOST = Text("the host", "主机")
_IMPORTED = Text(
    "{done} of {all} rules translated, {tested} with tests that were derived; {left} not translated.",
    "{all} 条规则中已转换 {done} 条，其中 {tested} 条带有推导出的测试；{left} 条未能转换。",
)
_NAMED = 4


def listed(found: Listed, folder: str, out: Output) -> None:
    """Detectors and rules, then the packs."""
    if out.json:
        out.value(found)
        return
    rows = []
    for rule in found.rules:
        source = out.say(rule.source) if rule.source else out.say(_BUILT_IN)
        source = source if rule.enabled else out.say(_OFF.fill(source=source))
        severity = out.say(words.severity_label(rule.severity))
        rows.append((rule.id, severity, ", ".join(rule.techniques), source, rule.response, out.say(rule.title)))
    out.table([out.say(h) for h in _RULES], rows)
    out.line()
    if not found.packs:
        out.line(out.say(_NO_PACKS.fill(folder=folder)))
        return
    packs = []
    for pack in found.packs:
        force = _OLD if pack.old else _NO if pack.problem else _YES
        signed = out.say(_YES if pack.signed else _NO)
        packs.append((pack.file, pack.version, f"{pack.enabled}/{pack.rules}", signed, out.say(force)))
    out.table([out.say(h) for h in _PACKS], packs, right=(2,))
    for pack in found.packs:
        if pack.problem:
            out.note(out.paint(out.say(pack.problem), "red"))
            if pack.next_step:
                out.note("  " + out.say(pack.next_step))


def linted(found: Sequence[Linted], out: Output) -> None:
    """One line for each remark, as compilers write them."""
    if out.json:
        out.value(found)
        return
    for pack in found:
        if not pack.remarks:
            out.line(out.say(_FINE.fill(file=pack.file, count=pack.rules)))
        for remark in pack.remarks:
            place = ":".join(str(p) for p in (remark.where or pack.file, remark.line, remark.column) if p)
            level = out.paint(out.say(_LEVELS[remark.level.value]), "red" if remark.level.value == "error" else "yellow")
            rule = f"{remark.rule}: " if remark.rule else ""
            out.line(f"{out.say(place)}: {level}: {out.say(rule + remark.what)}")


def tested(found: Sequence[Tested], out: Output) -> None:
    """Failures with their places, then a sum for each pack."""
    if out.json:
        out.value(found)
        return
    for pack in found:
        for failure in pack.failures:
            out.line(out.say(f"{failure.where}: {failure.rule}: {failure.test}: {failure.what}"))
        told = _TESTED.fill(file=pack.file, rules=pack.rules, tests=pack.tests, failed=len(pack.failures))
        out.line(out.say(told))


def tried(trial: Tried, out: Output) -> None:
    """What each rule would have done, with the first alerts."""
    if out.json:
        out.value(trial)
        return
    if not trial.events:
        out.line(out.say(_NOTHING))
        return
    out.line(out.say(_SPAN.fill(events=trial.events, first=exact(trial.first), last=exact(trial.last))))
    rows = []
    for rule in trial.rules:
        where = [f"{out.say(name or _HOST)} {count}" for name, count in rule.containers.items()]
        shown = ", ".join(where[:_NAMED]) + (" …" if len(where) > _NAMED else "")
        severity = out.say(words.severity_label(rule.severity))
        rows.append((rule.rule, severity, str(rule.alerts), str(rule.events), str(rule.excepted), shown))
    out.table([out.say(h) for h in _TRIED], rows, right=(2, 3, 4))
    for rule in trial.rules:
        for alert in rule.shown:
            out.line(f"  {exact(alert.time)}  {out.say(rule.rule)}  {out.say(alert.message)}")
    for rule in trial.rules:
        if rule.failed:
            out.note(out.say(_FAILED.fill(rule=rule.rule, count=rule.failed, reason=rule.reason)))
    if trial.cut:
        out.note(out.say(_CUT))


def imported(found: Imported, path: str, out: Output) -> None:
    """How many rules came over, and each that did not with its reason."""
    if out.json:
        out.value(found)
        return
    for rule in found.rules:
        for reason in rule.reasons:
            out.note(out.say(f"{rule.name}: {reason}"))
    done = [rule for rule in found.rules if rule.id]
    told = _IMPORTED.fill(
        done=len(done),
        all=len(found.rules),
        tested=sum(rule.tested for rule in done),
        left=len(found.rules) - len(done),
    )
    out.note(out.say(told))
