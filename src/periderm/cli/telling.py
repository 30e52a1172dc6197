"""One incident told in a terminal: what happened, how, by which processes, what made it possible, what was done.

Renders only; everything foreign goes through `Output.say`.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.app.incidents import IncidentStory
from periderm.cli.output import Output, width
from periderm.cli.times import ago, exact, now
from periderm.cli.tree import draw
from periderm.cli.words import STATES, owner, place, severity
from periderm.model.attack import tactic
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    EffectRecord,
    EffectState,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
)
from periderm.model.errors import UsageError
from periderm.model.incident import ChainStep
from periderm.model.text import Text

_WHY = Text("Why", "依据")
_WHEN = Text("When", "时间")
_WHERE = Text("Where", "位置")
_CHAIN = Text("How it went", "攻击过程")
_TREE = Text("Processes", "进程")
_FINDINGS = Text("What made it possible", "可乘之机")
_EFFECTS = Text("What was done", "响应")
_NOTHING_DONE = Text("Nothing was stopped: the policy alerts only.", "未做阻断：策略为仅告警。")
_STOPPED = Text("stopped", "已阻断")
_NOT_STOPPED = Text("not stopped", "未阻断")
_HERE = Text("stopped here", "在此被阻断")
_FIX = Text("Fix", "修复")
_STATES = {
    EffectState.PROPOSED: Text("waits for a person", "等待确认"),
    EffectState.ORDERED: Text("ordered, not done yet", "已下达，尚未执行"),
    EffectState.DRY_RUN: Text("only computed", "仅演练"),
    EffectState.REFUSED: Text("refused", "被拒绝"),
    EffectState.APPLIED: Text("done", "已执行"),
    EffectState.FAILED: Text("failed", "失败"),
    EffectState.UNDONE: Text("undone", "已撤销"),
}


def tell(story: IncidentStory, out: Output) -> None:
    """Prints the whole story."""
    incident = story.incident
    out.line(out.paint(out.say(incident.title), "bold"))
    ending = _STOPPED if incident.stopped else _NOT_STOPPED
    out.line(
        f"{severity(out, incident.severity)} · {out.say(ending)} · {out.say(STATES[incident.state])} · {out.say(incident.id)}"
    )
    out.line()
    out.line(out.say(incident.summary))
    out.line()
    for name, text in _facts(story, out):
        label = out.say(name)
        out.line(f"{label}{' ' * (7 - width(label))}{text}")
    _chapter(out, _CHAIN, _chain(incident.chain, out))
    _chapter(out, _TREE, draw(incident.processes, out.language))
    _chapter(out, _FINDINGS, list(_findings(story, out)))
    _chapter(out, _EFFECTS, list(_effects(story, out)) or [out.say(_NOTHING_DONE)])


def _chapter(out: Output, title: Text, lines: list[str]) -> None:
    if not lines:
        return
    out.line()
    out.line(out.paint(out.say(title), "bold"))
    for line in lines:
        out.line("  " + line)


def _facts(story: IncidentStory, out: Output) -> Iterator[tuple[Text, str]]:
    incident, at = story.incident, now()
    for number, reason in enumerate(incident.reasons):
        yield (_WHY if number == 0 else Text("", ""), out.say(reason))
    yield _WHEN, f"{exact(incident.first_time)} … {exact(incident.last_time)} ({ago(incident.last_time, at, out.language)})"
    where = out.say(place(incident))
    if story.replicas > 1:
        where += out.say(Text(f" (1 of {story.replicas} replicas)", f"（{story.replicas} 个副本之一）"))
    if story.asset is not None:
        where += f" · {out.say(owner(story.asset.ownership))}"
    yield _WHERE, where


def _chain(steps: tuple[ChainStep, ...], out: Output) -> list[str]:
    """One line a step; the tactic's name only where it changes."""
    names = [_tactic_name(step.tactic, out) for step in steps]
    room = max((width(n) for n in names), default=0)
    start = min((step.time for step in steps), default=0)
    lines, before = [], ""
    for step, name in zip(steps, names, strict=True):
        shown = name if name != before else ""
        before = name
        pad = " " * (room - width(shown))
        technique = f"{out.say(step.technique):<10}"
        mark = f"  ✗ {out.say(_HERE)}" if step.stopped else ""
        after = (step.time - start) / 1e9
        lines.append(f"{shown}{pad}  {technique} +{after:7.3f} s  {out.say(step.message)}{mark}  ({out.say(step.detector)})")
    return lines


def _tactic_name(tactic_id: str, out: Output) -> str:
    try:
        return out.say(tactic(tactic_id).name)
    except UsageError:
        return out.say(tactic_id)


def _findings(story: IncidentStory, out: Output) -> Iterator[str]:
    why = {link.finding_id: link.why for link in story.incident.findings}
    for finding in sorted(story.findings, key=lambda f: (-f.severity, f.id)):
        where = f" · {out.say(finding.location)}" if finding.location else ""
        yield f"{severity(out, finding.severity)}  {out.say(finding.title)}{where}  ({out.say(finding.detector)})"
        yield f"   {out.say(why[finding.id])}" if finding.id in why else ""
        yield f"   {out.say(_FIX)}: {out.say(finding.remediation)}"


def _effects(story: IncidentStory, out: Output) -> Iterator[str]:
    for record in story.effects:
        yield _effect(record, out)
        yield f"   {out.say(record.effect.reason)}"
        if out.say(record.detail):
            yield f"   {out.say(record.detail)}"


def _effect(record: EffectRecord, out: Output) -> str:
    effect = record.effect
    by = out.say(effect.decided_by)
    decided = out.say(Text(f"decided by {by}", f"决定者 {by}"))
    return f"{out.say(name_of(effect))}: {out.say(_STATES[record.state])} · {decided} · {exact(record.time)}"


def name_of(effect: Effect) -> Text:  # noqa: PLR0911  # one return for each kind of a closed union
    """What a response does, and to what."""
    match effect:
        case KillAtExec(executable=path, pid=pid):
            return Text(f"Kill {path} ({pid}) in the kernel at its start", f"在内核中于启动时终止 {path}（{pid}）")
        case KillProcess(executable=path, pid=pid):
            return Text(f"Kill {path} ({pid})", f"终止 {path}（{pid}）")
        case PauseContainer(container_id=container):
            return Text(f"Pause container {container[:12]}", f"暂停容器 {container[:12]}")
        case ResumeContainer(container_id=container):
            return Text(f"Resume container {container[:12]}", f"恢复容器 {container[:12]}")
        case KillTree(executable=path, pid=pid):
            return Text(f"Kill {path} ({pid}) with its descendants", f"终止 {path}（{pid}）及其后代")
        case KillContainer(container_id=container):
            return Text(f"Kill container {container[:12]}", f"终止容器 {container[:12]}")
        case IsolateContainer(container_id=container):
            return Text(f"Isolate container {container[:12]}", f"隔离容器 {container[:12]}")
        case ReconnectContainer(container_id=container):
            return Text(f"Reconnect container {container[:12]}", f"重新接通容器 {container[:12]}")
        case QuarantineFile(path=path):
            return Text(f"Quarantine {path}", f"隔离文件 {path}")
        case RestoreFile(path=path):
            return Text(f"Restore {path}", f"放回文件 {path}")
        case CaptureForensics(container_id=container, pid=pid):
            return Text(f"Capture {container[:12]} ({pid})", f"取证 {container[:12]}（{pid}）")
