"""What was told, and of which cause: an alert is made once for each cause and day, counted after that, and bounded.

An alert is said again when its count reaches a power of two. Of one program that does one kind of thing to many things, the
first few are told one by one and all others as one alert, which says how many they are and by which pattern they may be
accepted. It decides nothing about what is told.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec

from periderm.engines.baseline.telling import printable
from periderm.engines.baseline.widening import wide
from periderm.model.alert import Alert
from periderm.model.behaviour import Behaviour
from periderm.model.ids import stable_id
from periderm.model.severity import Severity
from periderm.model.text import Text

DAY_NS = 24 * 3600 * 10**9
MOST_CAUSES = 4_096
MOST_ALIKE = 8  # told one by one of one subject, event type and program
MOST_PROGRAMS = 24  # told one by one of one subject and event type, whichever the program
MOST_OTHERS = 512  # different ones that one alert remembers
MANY = "…"
_MORE = Text(
    "{plain} And {more} more of this kind that differ only in what they were about: {pattern}.",
    "{plain}另有 {more} 个同类行为，仅对象不同：{pattern}。",
)

Key = tuple[str, str, str, str]
_Group = tuple[str, ...]


class Told(NamedTuple):
    """One deviation, as it is counted: whose, of which event type, how bad, and when (Unix nanoseconds)."""

    workload: str
    asset: str
    event_type: str
    behaviour: Behaviour
    severity: Severity = Severity.LOW
    time: int = 0


class Cause(msgspec.Struct, array_like=True):
    """What was told of one cause; `day` is the number of the day in which its alert was made, `number` how many were told
    before it. If it stands for many, `others` are the different behaviours (hashes, and how many were told before each), and
    `plain` is its message without them."""

    alert: Alert
    behaviour: Behaviour
    event_type: str
    day: int
    number: int
    next_power: int = 2
    others: dict[int, int] = msgspec.field(default_factory=dict)
    plain: Text = Text("", "")


class Causes:
    """All causes of one node, the least recent first."""

    def __init__(self) -> None:
        self._causes: dict[Key, Cause] = {}
        self._many: dict[_Group, int] = {}
        self._folds: dict[tuple[str, str], dict[Key, None]] = {}
        self._number = 0

    def __contains__(self, key: Key) -> bool:
        return key in self._causes

    def known(self, workload: str, asset: str, behaviour: Behaviour) -> tuple[int, Key] | None:
        """The cause that this behaviour was told as, and how many were told before it did."""
        key = _key(workload, asset, behaviour)
        cause = self._causes.get(key)
        if cause is not None:
            return cause.number, key
        folds = self._folds.get((workload, asset))
        if folds:
            mark = _mark(behaviour)
            for fold in folds:
                number = self._causes[fold].others.get(mark)
                if number is not None:
                    return number, fold
        return None

    def key_of(self, told: Told) -> Key:
        """The cause that a new deviation belongs to: one for all that come after too many alike."""
        known = self.known(told.workload, told.asset, told.behaviour)
        if known is not None:
            return known[1]
        behaviour = told.behaviour
        if self._many.get(_alike(told.workload, told.asset, told.event_type, behaviour), 0) >= MOST_ALIKE:
            return (told.workload, told.asset, behaviour.program, f"{MANY}{told.event_type} {behaviour.aspect}")
        if self._many.get((told.workload, told.asset, told.event_type), 0) >= MOST_PROGRAMS:
            return (told.workload, told.asset, MANY, f"{MANY}{told.event_type} {behaviour.aspect}")
        return _key(told.workload, told.asset, behaviour)

    def again(self, key: Key, told: Told | None, count: int, time: int) -> Alert | None:
        """It happened again: the alert if it is worth saying once more, on another day a new one. `told` is what happened, None
        where it is known to be of this cause. None too if there is no such cause (any more)."""
        cause = self._causes.get(key)
        if cause is None:
            return None
        worse = self._more(cause, told) if told is not None and _folded(key) else False
        if time // DAY_NS > cause.day:
            alert = msgspec.structs.replace(cause.alert, time=time, last_time=time, count=count)
            return self._renew(key, cause, alert)
        total = cause.alert.count + count
        cause.alert = msgspec.structs.replace(cause.alert, count=total, last_time=max(time, cause.alert.last_time))
        if total < cause.next_power and not worse:
            return None
        cause.next_power = max(cause.next_power, 1 << total.bit_length())
        return cause.alert

    def id_of(self, key: Key) -> str:
        """The id of its alert, '' if there is none."""
        cause = self._causes.get(key)
        return "" if cause is None else cause.alert.id

    def tell(self, key: Key, told: Told, alert: Alert) -> Alert:
        """A new one, with its id."""
        cause = Cause(alert, told.behaviour, told.event_type, 0, self._next(), plain=alert.message)
        if _folded(key):
            for other in self._causes.values():
                if _is_alike(other, key, told):
                    cause.behaviour = wide(cause.behaviour, other.behaviour)
            cause.others[_mark(told.behaviour)] = cause.number
            self._say_how_many(cause)
            self._folds.setdefault(key[:2], {})[key] = None
        else:
            self._count(key, cause, 1)
        return self._renew(key, cause, cause.alert)

    def dump(self) -> list[tuple[Key, Cause]]:
        """As a snapshot keeps them."""
        return list(self._causes.items())

    def load(self, causes: list[tuple[Key, Cause]]) -> None:
        """From a snapshot."""
        self._causes, self._many, self._folds = dict(causes), {}, {}
        self._number = 0
        for key, cause in self._causes.items():
            self._number = max(self._number, cause.number, *cause.others.values())
            if _folded(key):
                self._folds.setdefault(key[:2], {})[key] = None
            else:
                self._count(key, cause, 1)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _more(self, cause: Cause, told: Told) -> bool:
        """One more of many; whether it is worse than all before."""
        mark = _mark(told.behaviour)
        if mark not in cause.others and len(cause.others) < MOST_OTHERS:
            cause.others[mark] = self._next()
            cause.behaviour = wide(cause.behaviour, told.behaviour)
            self._say_how_many(cause)
        if told.severity <= cause.alert.severity:
            return False
        cause.alert = msgspec.structs.replace(cause.alert, severity=told.severity)
        return True

    def _say_how_many(self, cause: Cause) -> None:
        alert, more = cause.alert, len(cause.others)
        shown = printable(f"{cause.behaviour.program} {cause.behaviour.value}".strip())
        number = f"{more}+" if more >= MOST_OTHERS else str(more)
        deviation = alert.deviation
        if deviation is not None:
            deviation = msgspec.structs.replace(deviation, behaviour=cause.behaviour, others=more)
        message = Text(
            _MORE.en.format(plain=cause.plain.en, more=number, pattern=shown),
            _MORE.zh.format(plain=cause.plain.zh, more=number, pattern=shown),
        )
        evidence = {**alert.evidence, "behaviour": f"{cause.behaviour.aspect} {shown}"[:512], "others": number}
        cause.alert = msgspec.structs.replace(alert, message=message, deviation=deviation, evidence=evidence)

    def _renew(self, key: Key, cause: Cause, alert: Alert) -> Alert:
        """The cause's alert of this day."""
        cause.day = alert.time // DAY_NS
        cause.alert = msgspec.structs.replace(alert, id=stable_id("alt", alert.detector, *key, cause.day))
        cause.next_power = 1 << alert.count.bit_length()
        self._causes.pop(key, None)
        self._causes[key] = cause
        if len(self._causes) > MOST_CAUSES:
            gone = next(iter(self._causes))
            lost = self._causes.pop(gone)
            if _folded(gone):
                del self._folds[gone[:2]][gone]
            else:
                self._count(gone, lost, -1)
        return cause.alert

    def _count(self, key: Key, cause: Cause, by: int) -> None:
        for group in (_alike(*key[:2], cause.event_type, cause.behaviour), (*key[:2], cause.event_type)):
            left = self._many.get(group, 0) + by
            self._many[group] = left
            if not left:
                del self._many[group]


def _key(workload: str, asset: str, behaviour: Behaviour) -> Key:
    return (workload, asset, behaviour.program, f"{behaviour.aspect} {behaviour.value}")


def _alike(workload: str, asset: str, event_type: str, behaviour: Behaviour) -> _Group:
    return (workload, asset, event_type, behaviour.program, behaviour.aspect)


def _is_alike(cause: Cause, key: Key, told: Told) -> bool:
    """Whether it is one of those that were told one by one before there were too many."""
    deviation = cause.alert.deviation
    return (
        not cause.others
        and cause.event_type == told.event_type
        and cause.behaviour.aspect is told.behaviour.aspect
        and (key[2] in (MANY, cause.behaviour.program))
        and (cause.alert.workload_id, cause.alert.asset_id) == (told.workload, told.asset)
        and deviation is not None
    )


def _folded(key: Key) -> bool:
    return key[3].startswith(MANY)


def _mark(behaviour: Behaviour) -> int:
    text = f"{behaviour.aspect}\0{behaviour.program}\0{behaviour.value}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
