"""An incident as a PDF to be handed on: what happened, why it is that bad, how it went, by which processes, what made it
possible, what was done, who deals with it. Changes nothing; it says in sentences what the JSON export holds."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from periderm import __version__
from periderm.app.application import Application
from periderm.app.audit import note
from periderm.app.handling import handling_of
from periderm.app.incidents import IncidentStory, show_incident
from periderm.app.similar import similar_incidents
from periderm.app.traces import Traces, traces
from periderm.formats.pdf import CODE, SMALL, Document, Style
from periderm.model.alert import ProcessRecord
from periderm.model.attack import TACTICS
from periderm.model.handling import Handling
from periderm.model.incident import ChainStep, Incident, IncidentState
from periderm.model.principal import Principal
from periderm.model.severity import Severity
from periderm.model.text import Text, printable

MOST_STEPS, MOST_PROCESSES, MOST_ROWS = 200, 100, 60
LANES, LANE = 24, 18.0
_SEVERITIES = {
    Severity.UNKNOWN: Text("unknown", "未知"),
    Severity.INFORMATIONAL: Text("informational", "提示"),
    Severity.LOW: Text("low", "低危"),
    Severity.MEDIUM: Text("medium", "中危"),
    Severity.HIGH: Text("high", "高危"),
    Severity.CRITICAL: Text("critical", "严重"),
}
_STATES = {
    IncidentState.NEW: Text("new", "新建"),
    IncidentState.ACKNOWLEDGED: Text("being handled", "处理中"),
    IncidentState.RESOLVED: Text("resolved", "已解决"),
    IncidentState.FALSE_ALARM: Text("false alarm", "误报"),
}
_TACTICS = {tactic.id: tactic.name for tactic in TACTICS}
_PLACE = Text(
    "{severity} · {state} · in {place}{owner} · first seen {first} · last {last}",
    "{severity} · {state} · 位于 {place}{owner} · 首次 {first} · 最近 {last}",
)
_WHY, _CHAIN, _TREE = Text("Why it is that bad", "严重程度的依据"), Text("How it went", "攻击过程"), Text("Processes", "进程")
_POSSIBLE, _DONE = Text("What made it possible", "可乘之机"), Text("What was done", "响应")
_BESIDES = Text("What its processes did besides", "其进程还做了什么")
_HANDLING, _SIMILAR = Text("Who deals with it", "由谁处理"), Text("Similar incidents", "相似事件")
_STEP_HEAD = (
    Text("#", "#"),
    Text("Time (UTC)", "时间 (UTC)"),
    Text("Stage", "阶段"),
    Text("What", "内容"),
    Text("Object", "对象"),
)
_TREE_HEAD = (Text("pid", "pid"), Text("Process", "进程"), Text("What is special", "特殊之处"), Text("Steps", "步骤"))
_FINDING_HEAD = (Text("Severity", "严重程度"), Text("Weakness", "弱点"), Text("Why it matters here", "与本事件的关系"))
_EFFECT_HEAD = (
    Text("Time (UTC)", "时间 (UTC)"),
    Text("What it hit", "影响范围"),
    Text("Decided by", "决定者"),
    Text("State", "状态"),
)
_TRACE_HEAD = (Text("Program", "程序"), Text("With or on", "对端或文件"), Text("How", "方式"))
_NOTHING = Text("Nothing.", "无。")
_STOPPED = Text("stopped", "已阻断")
_KILLED, _NEW = Text("killed", "已终止"), Text("not in the image", "不在镜像中")
_MORE = Text("… and {n} more", "… 另有 {n} 项")
_WHOSE = Text("Whose: {name}", "处理人：{name}")
_NOBODY = Text("nobody’s", "无")
_TICKET = Text("Ticket: {address}", "工单：{address}")
_ALIKE = Text("{score} % alike", "相似度 {score} %")
_FOOT = Text("Periderm {version} · {id} · exported by {who} at {time}", "Periderm {version} · {id} · 由 {who} 于 {time} 导出")


def incident_pdf(app: Application, who: Principal, incident_id: str, language: str = "en") -> bytes:
    """The file, in English or Chinese. Raises NotFoundError."""
    story = show_incident(app, who, incident_id)
    likenesses = similar_incidents(app, who, incident_id)
    page = _Page(language)
    foot = _FOOT.fill(version=__version__, id=incident_id, who=who.name, time=_moment(app.clock.now()))
    page.document = Document(page.say(story.incident.title), language, page.say(foot))
    page.head(story)
    page.chain(story.incident)
    page.tree(story.incident)
    page.findings(story)
    page.effects(story)
    page.besides(traces(app, who, incident_id))
    page.handling(handling_of(app, who, incident_id))
    page.section(_SIMILAR)
    for each in likenesses:
        score = page.say(_ALIKE.fill(score=each.score))
        page.document.text(f"{score} · {page.say(each.incident.title)} · {each.incident.id}")
    if not likenesses:
        page.document.text(page.say(_NOTHING), SMALL)
    note(app, who, "incident.export", incident_id, "pdf")
    return page.document.write()


class _Page:
    """The parts of the document, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.document = Document("")

    def say(self, text: Text) -> str:
        """In this language."""
        return text.pick(self.language)

    def section(self, text: Text) -> None:
        """A heading."""
        self.document.heading(self.say(text), 2)

    def head(self, story: IncidentStory) -> None:
        """The sentence, where, when, how bad and why."""
        incident = story.incident
        self.document.heading(self.say(incident.title))
        self.document.text(self.say(incident.summary), Style(11))
        known = story.asset.ownership if story.asset is not None else None
        owner = " · ".join(part for part in (known.owner, known.application, known.environment) if part) if known else ""
        place = incident.container_name or (story.asset.name if story.asset is not None else incident.asset_id)
        told = _PLACE.fill(
            place=place,
            owner=f" ({owner})" if owner else "",
            first=_moment(incident.first_time),
            last=_moment(incident.last_time),
            severity="{severity}",
            state="{state}",
        )
        line = self.say(told).replace("{severity}", self.say(_SEVERITIES[incident.severity]), 1)
        self.document.text(line.replace("{state}", self.say(_STATES[incident.state]), 1), SMALL)
        self.section(_WHY)
        for reason in incident.reasons:
            self.document.text(f"• {self.say(reason)}", indent=4)

    def chain(self, incident: Incident) -> None:
        """The picture, and the same as a table."""
        self.section(_CHAIN)
        if incident.chain:
            self._picture(incident)
        rows = [
            (
                str(number),
                _moment(step.time)[11:],
                self._stage(step),
                self.say(step.message) + (f" — {self.say(_STOPPED)}" if step.stopped else ""),
                step.object,
            )
            for number, step in enumerate(incident.chain[:MOST_STEPS], 1)
        ]
        self._table(_STEP_HEAD, rows, (4, 12, 18, 42, 28), (4,))
        self._more(len(incident.chain) - MOST_STEPS)

    def tree(self, incident: Incident) -> None:
        """Every process with what is special about it."""
        self.section(_TREE)
        numbers: dict[int, list[str]] = {}
        for number, step in enumerate(incident.chain, 1):
            numbers.setdefault(step.process_key, []).append(str(number))
        rows = [
            (str(p.pid), " ".join(p.argv) or p.exe or "?", self._special(p), ", ".join(numbers.get(p.key, ())[:20]))
            for p in incident.processes[:MOST_PROCESSES]
        ]
        self._table(_TREE_HEAD, rows, (8, 60, 24, 10), (1,))
        self._more(len(incident.processes) - MOST_PROCESSES)

    def findings(self, story: IncidentStory) -> None:
        """Weaknesses that bear on it."""
        self.section(_POSSIBLE)
        known = {finding.id: finding for finding in story.findings}
        rows = [
            (self.say(_SEVERITIES[known[link.finding_id].severity]), self.say(known[link.finding_id].title), self.say(link.why))
            for link in story.incident.findings[:MOST_ROWS]
            if link.finding_id in known
        ]
        self._table(_FINDING_HEAD, rows, (12, 36, 56))

    def effects(self, story: IncidentStory) -> None:
        """Responses."""
        self.section(_DONE)
        rows = [
            (_moment(r.time)[11:], self.say(r.effect.blast_radius), r.effect.decided_by, r.state.value)
            for r in story.effects[:MOST_ROWS]
        ]
        self._table(_EFFECT_HEAD, rows, (12, 52, 24, 12))

    def besides(self, seen: Traces) -> None:
        """Flows and files."""
        self.section(_BESIDES)
        rows = [(f.program, f"{f.peer}:{f.port}" if f.port else f.peer, f.way) for f in seen.flows[:MOST_ROWS]]
        rows += [(f.program, f.path, ", ".join(f.ways)) for f in seen.files[:MOST_ROWS]]
        self._table(_TRACE_HEAD, rows, (32, 52, 20), (0, 1))

    def handling(self, handling: Handling) -> None:
        """Whose it is, and what was said."""
        self.section(_HANDLING)
        self.document.text(self.say(_WHOSE.fill(name=handling.assignee or self.say(_NOBODY))))
        if handling.ticket:
            self.document.text(self.say(_TICKET.fill(address=handling.ticket)))
        for comment in handling.comments[-MOST_ROWS:]:
            said = " · ".join(part for part in (comment.what, comment.text) if part)
            self.document.text(f"{_moment(comment.time)} {comment.author}: {said}", SMALL)

    def _picture(self, incident: Incident) -> None:
        """A lane for each process that did something, steps in their order, numbers as in the table."""
        steps = incident.chain[:40]
        acting = list(dict.fromkeys(step.process_key for step in steps))[:LANES]
        names = {p.key: p for p in incident.processes}
        height = LANE * len(acting) + 30
        drawing = self.document.drawing(height + 8)
        left, room = 110.0, 499.0 - 110 - 16
        gap = room / max(1, len(steps))
        last = ""
        for number, step in enumerate(steps):
            x = left + gap * (number + 0.5)
            if step.tactic != last:
                last = step.tactic
                drawing.line(x - gap / 2, 8, x - gap / 2, height, width=0.4, grey=0.75)
                if gap > 24 or number % 3 == 0:
                    drawing.text(self._stage(step)[:18], x - gap / 2 + 2, 10 + 9 * (number % 2), Style(6.5, grey=0.35))
        for at, key in enumerate(acting):
            y = 30 + LANE * (at + 0.5)
            process = names.get(key)
            label = printable(process.exe.rpartition("/")[2] or "?", 18) if process else "?"
            drawing.text(label, 0, y + 3, CODE)
            drawing.line(left, y, left + room, y, width=0.5, grey=0.7)
        for number, step in enumerate(steps, 1):
            if step.process_key not in acting:
                continue
            x, y = left + gap * (number - 0.5), 30 + LANE * (acting.index(step.process_key) + 0.5)
            drawing.box(x - 6, y - 6, 12, 12, grey=0.15 if step.severity >= Severity.HIGH else 0.45)
            drawing.text(str(number), x - (2 if number < 10 else 4.2), y + 2.6, Style(7, bold=True, grey=1.0))
            if step.stopped:
                drawing.line(x + 8, y + 8, x + 13, y - 8, width=1.6, grey=0.0)

    def _stage(self, step: ChainStep) -> str:
        return self.say(_TACTICS[step.tactic]) if step.tactic in _TACTICS else step.tactic

    def _special(self, process: ProcessRecord) -> str:
        told = [self.say(_KILLED)] if process.killed else []
        told += [self.say(_NEW)] if process.drifted else []
        told += [process.package] if process.package else []
        return ", ".join(told)

    def _table(
        self, head: tuple[Text, ...], rows: Sequence[tuple[str, ...]], shares: tuple[int, ...], mono: tuple[int, ...] = ()
    ) -> None:
        if rows:
            self.document.table([self.say(h) for h in head], rows, shares, mono)
        else:
            self.document.text(self.say(_NOTHING), SMALL)

    def _more(self, count: int) -> None:
        if count > 0:
            self.document.text(self.say(_MORE.fill(n=count)), SMALL)


def _moment(nanoseconds: int) -> str:
    if not 0 < nanoseconds < 253_402_300_800 * 10**9:
        return "—"
    moment = datetime.datetime.fromtimestamp(nanoseconds / 10**9, tz=datetime.UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}"
