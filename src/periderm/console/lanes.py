"""Lays out the picture of an incident: a lane per process on a time axis, ATT&CK tactics as bands above, findings at the
left edge, responses as cuts. Numbers only: the template draws, and a table beside it says the same.

The axis keeps the order of what happened; the room between two moments grows with the logarithm of the time between
them, so that milliseconds and minutes fit one picture. Each tick tells the real time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from periderm.console import times
from periderm.console.tree import Branch, branches
from periderm.model.alert import ProcessRecord
from periderm.model.attack import TACTICS
from periderm.model.effect import (
    CaptureForensics,
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
from periderm.model.incident import ChainStep, Incident
from periderm.model.severity import Severity
from periderm.model.text import Text

ROW = 32
BAND = 24
LABEL = 232
GUTTER = 24
RIGHT = 132
MOST_LANES = 40
MOST_STEPS = 60
LEAST_GAP = 28.0
MOST_GAP = 150.0
AXIS = 24
PAGE = 1200.0

SOFT = (ResumeContainer, ReconnectContainer, RestoreFile, CaptureForensics)
WIDE = (PauseContainer, KillContainer, IsolateContainer, QuarantineFile, *SOFT)  # across all lanes


class Step(msgspec.Struct, frozen=True):
    """A numbered mark in a lane."""

    number: int
    x: float
    y: float
    severity: Severity
    alert_id: str
    title: Text
    stopped: bool
    band_y: float


class Lane(msgspec.Struct, frozen=True):
    """One process: its label, and the line from `x1` to `x2`. `earlier`: it ran before the picture begins; `open_end`: it
    was not seen to end. `fork_y` is the lane of its parent, 0 if that is not in the picture."""

    branch: Branch
    y: float
    x1: float
    x2: float
    earlier: bool
    open_end: bool
    fork_y: float
    findings: tuple[int, ...]
    more_findings: int


class Band(msgspec.Struct, frozen=True):
    """A tactic, from its first to its last step."""

    name: Text
    tactic: str
    y: float
    x1: float
    x2: float


class Cut(msgspec.Struct, frozen=True):
    """A response: across one lane, or across all (`y2` > `y1` + one lane). `soft` ones ended nothing: they took something
    back, or only looked."""

    x: float
    y1: float
    y2: float
    kind: str
    soft: bool = False


class Tick(msgspec.Struct, frozen=True):
    """A moment on the axis, nanoseconds after the first."""

    x: float
    after: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is drawn. Pixels; `hidden` processes found no room."""

    width: float
    height: float
    axis_y: float
    left: float
    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]
    bands: tuple[Band, ...]
    cuts: tuple[Cut, ...]
    ticks: tuple[Tick, ...]
    hidden: int


def picture(incident: Incident, effects: Sequence[EffectRecord] = ()) -> Picture:
    """The layout for an incident and its responses."""
    steps = incident.chain[:MOST_STEPS]
    shown = _chosen(branches(incident.processes), {s.process_key for s in steps})
    numbers = _finding_numbers(incident)
    gutter = GUTTER * max(1, min(3, max((len(n) for n in numbers.values()), default=1)))
    left = gutter + LABEL
    axis = _Axis(steps, [b.process for b in shown], effects, left + 20)
    tactics = _tactics(steps)
    top = 8 + BAND * len(tactics) + AXIS
    rows = {b.process.key: top + ROW * i + ROW / 2 for i, b in enumerate(shown)}
    root_y = top + ROW / 2
    everywhere = numbers.get(-1, ())
    lanes = tuple(
        _lane(b, rows, axis, left, (() if i else everywhere) + numbers.get(b.process.key, ())) for i, b in enumerate(shown)
    )
    marks = tuple(
        Step(
            number=i + 1,
            x=axis.step(i),
            y=rows.get(s.process_key, root_y),
            severity=s.severity,
            alert_id=s.alert_id,
            title=s.title,
            stopped=s.stopped,
            band_y=8 + BAND * tactics.index(s.tactic) + BAND - 6,
        )
        for i, s in enumerate(steps)
    )
    bottom = top + ROW * len(shown)
    return Picture(
        width=max(axis.end + RIGHT, PAGE),
        height=bottom + 8,
        axis_y=top - 8,
        left=left,
        lanes=lanes,
        steps=marks,
        bands=_bands(tactics, steps, axis),
        cuts=_cuts(effects, rows, axis, steps, (top, bottom)),
        ticks=axis.ticks(),
        hidden=len(incident.processes) - len(shown),
    )


def _chosen(tree: Sequence[Branch], acting: set[int]) -> tuple[Branch, ...]:
    """At most forty lanes: those that did something or were killed, and their ancestors, before the others."""
    if len(tree) <= MOST_LANES:
        return tuple(tree)
    by_key = {b.process.key: b for b in tree}
    wanted: set[int] = set()
    for branch in sorted(tree, key=lambda b: (b.process.key not in acting, not b.process.killed)):
        path, at = [], branch.process.key
        while at in by_key and at not in path and at not in wanted:
            path.append(at)
            at = by_key[at].process.parent
        if len(wanted) + len(path) <= MOST_LANES:
            wanted.update(path)
    return tuple(b for b in tree if b.process.key in wanted)


def _finding_numbers(incident: Incident) -> dict[int, tuple[int, ...]]:
    """Numbers of findings by process key; those that bear on the whole incident under -1."""
    process_of = {s.alert_id: s.process_key for s in incident.chain}
    numbers: dict[int, tuple[int, ...]] = {}
    for number, link in enumerate(incident.findings, 1):
        key = process_of.get(link.alert_id, -1)
        numbers[key] = (*numbers.get(key, ()), number)
    return numbers


def _lane(branch: Branch, rows: Mapping[int, float], axis: _Axis, left: float, mine: tuple[int, ...]) -> Lane:
    process = branch.process
    begin = axis.start(process)
    last = axis.last(process)
    return Lane(
        branch=branch,
        y=rows[process.key],
        x1=left if begin is None else begin,
        x2=max(last, left if begin is None else begin),
        earlier=begin is None,
        open_end=not process.ended and not process.killed,
        fork_y=rows.get(process.parent, 0.0) if begin is not None and process.parent != process.key else 0.0,
        findings=mine[:3],
        more_findings=len(mine) - len(mine[:3]),
    )


def _tactics(steps: Sequence[ChainStep]) -> list[str]:
    """The tactics that occur, in the order of an attack; unknown ones last."""
    order = {t.id: i for i, t in enumerate(TACTICS)}
    return sorted({s.tactic for s in steps}, key=lambda t: (order.get(t, len(order)), t))


def _bands(tactics: Sequence[str], steps: Sequence[ChainStep], axis: _Axis) -> tuple[Band, ...]:
    names = {t.id: t.name for t in TACTICS}
    bands = []
    for row, tactic in enumerate(tactics):
        at = [axis.step(i) for i, s in enumerate(steps) if s.tactic == tactic]
        x1, x2 = min(at) - 8, max(at) + 8
        name = names.get(tactic, Text(tactic, tactic))
        bands.append(Band(name, tactic, 8 + BAND * row, x1, x2))
    return tuple(bands)


def _cuts(
    effects: Sequence[EffectRecord],
    rows: Mapping[int, float],
    axis: _Axis,
    steps: Sequence[ChainStep],
    extent: tuple[float, float],
) -> tuple[Cut, ...]:
    cuts = []
    for record in effects:
        effect = record.effect
        if record.state not in (EffectState.APPLIED, EffectState.UNDONE):
            continue
        kind = str(type(effect).__struct_config__.tag)
        if isinstance(effect, KillAtExec | KillProcess | KillTree) and effect.process_key in rows:
            y = rows[effect.process_key]
            cuts.append(Cut(axis.killed(effect.process_key, record.time, steps) + 14, y - 13, y + 13, kind))
        elif isinstance(effect, WIDE):
            cuts.append(Cut(axis.at(record.time), *extent, kind, isinstance(effect, SOFT)))
    return tuple(cuts)


class _Axis:
    """Places moments. Each step has a place of its own; other moments share one if they are equal."""

    def __init__(
        self, steps: Sequence[ChainStep], processes: Sequence[ProcessRecord], effects: Sequence[EffectRecord], begin: float
    ) -> None:
        self.begin = begin
        self._acts: dict[int, list[int]] = {}
        first = min((s.time for s in steps), default=0)
        moments: list[tuple[int, int, int]] = []
        for i, step in enumerate(steps):
            moments.append((step.time, 1, i))
            self._acts.setdefault(step.process_key, []).append(i)
        # A server that has run for days begins at the left edge; who started within the attack's last minute before its
        # first step is part of the story.
        since = first - 60 * 10**9
        for p in processes:
            if p.started >= since and p.started:
                moments.append((p.started, 0, p.key))
            if p.ended > first:
                moments.append((p.ended, 2, p.key))
        moments += [(r.time, 3, 0) for r in effects if isinstance(r.effect, WIDE) and r.time >= first]
        self._place(sorted(moments))

    def _place(self, moments: list[tuple[int, int, int]]) -> None:
        self._steps: dict[int, float] = {}
        self._starts: dict[int, float] = {}
        self._ends: dict[int, float] = {}
        self._times: list[tuple[int, float]] = []
        gaps: list[float] = []
        before, kind_before = moments[0][0] if moments else 0, -1
        for time, kind, _ in moments:
            gap = 30.0 * math.log10(1 + (time - before) / 1e7)
            least = LEAST_GAP if kind == 1 and kind_before == 1 else 14.0 if time != before or kind != kind_before else 0.0
            gaps.append(min(MOST_GAP, max(least, gap)))
            before, kind_before = time, kind
        # A short story is drawn wide enough for a page, so that its labels have room.
        stretch = min(2.5, max(1.0, (PAGE - RIGHT - self.begin - 28) / (sum(gaps) or PAGE)))
        x = self.begin
        for (time, kind, key), gap in zip(moments, gaps, strict=True):
            x += gap * stretch
            self._times.append((time, x))
            (self._starts, self._steps, self._ends, {})[kind][key] = x
        self.first = moments[0][0] if moments else 0
        self.end = x + 28

    def step(self, index: int) -> float:
        """Where a step is."""
        return self._steps.get(index, self.begin)

    def start(self, process: ProcessRecord) -> float | None:
        """Where a process starts; None if before the picture."""
        return self._starts.get(process.key)

    def last(self, process: ProcessRecord) -> float:
        """Where its line ends: its end, else its last act if it was killed, else the end of the picture."""
        if process.key in self._ends:
            return self._ends[process.key]
        acts = self._acts.get(process.key)
        if process.killed:
            return max((self.step(i) for i in acts or ()), default=self._starts.get(process.key, self.begin)) + 14
        return self.end if not process.ended else max(self._starts.get(process.key, self.begin), self.begin)

    def killed(self, key: int, time: int, steps: Sequence[ChainStep]) -> float:
        """Where a kill cuts the lane."""
        if key in self._ends:
            return self._ends[key] - 14
        acts = [self.step(i) for i in self._acts.get(key, ()) if steps[i].time <= time]
        return max(acts, default=self._starts.get(key, self.begin))

    def at(self, time: int) -> float:
        """The place of the last moment that is not after `time`."""
        return max((x for t, x in self._times if t <= time), default=self.begin)

    def ticks(self) -> tuple[Tick, ...]:
        """Moments with room for their label between them, each label once."""
        out: list[Tick] = []
        for time, x in self._times:
            after = time - self.first
            if not out or (x - out[-1].x >= 64 and times.span(after) != times.span(out[-1].after)):
                out.append(Tick(x, after))
        return tuple(out)
