"""Folds alerts of one cause into one alert with a growing count, so that a flood stays readable and bounded.

Identity: (detector, subject, executable of the acting process, object). The processes do not count, so a loop that
starts a thousand `cat /etc/shadow` is one alert. The id also holds the UTC day on which the cause was first seen; after
QUIET_NS without a sign of it the next one opens a new alert (on another day, so with another id). Replays give equal ids.

Said again: when it is worse than before; when another process does it (at most FRESH_PROCESSES a second, so that a
response can reach each); when the count reaches a power of two; and at a tick, if the count has grown since.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.model.alert import Alert
from periderm.model.ids import stable_id

QUIET_NS = 24 * 3600 * 10**9
DAY_NS = 24 * 3600 * 10**9
SECOND_NS = 10**9
MOST_CAUSES = 8_192
MOST_OBJECTS = 256
MANY = "…"
FRESH_PROCESSES = 32


Key = tuple[str, str, str, str]


class Cause(msgspec.Struct):
    """State of one cause; `alert` is what was last said of it."""

    key: Key
    alert: Alert
    count: int
    last_time: int
    process: int
    next_power: int
    second: int = 0
    fresh: int = 0


class Causes:
    """All causes that were seen lately, the least recent first."""

    def __init__(self, most: int = MOST_CAUSES, most_objects: int = MOST_OBJECTS) -> None:
        self._causes: dict[Key, Cause] = {}
        self._objects: dict[tuple[str, str], int] = {}
        self._grown: dict[Key, None] = {}
        self._most = most
        self._most_objects = most_objects

    def fire(self, alert: Alert, exe: str, count: int) -> Alert | None:
        """Counts one verdict, given as an alert of its own; the alert to send on, or None."""
        key = (alert.detector, alert.asset_id, exe, alert.object)
        cause = self._causes.pop(key, None)
        if cause is None and self._objects.get(key[:2], 0) >= self._most_objects:
            key = (*key[:2], MANY, MANY)  # endless new names are one more way to flood
            alert = msgspec.structs.replace(alert, object=MANY)
            cause = self._causes.pop(key, None)
        if cause is not None and alert.time - cause.last_time > QUIET_NS:
            self._forget(cause)
            cause = None
        if cause is None:
            return self._open(key, alert, count)
        self._causes[key] = cause  # the latest at the end
        return self._again(cause, alert, count)

    def _open(self, key: Key, alert: Alert, count: int) -> Alert:
        alert = msgspec.structs.replace(alert, id=identity(alert, key[2], key[3]), count=count)
        power = 2
        while power <= count:
            power *= 2
        self._causes[key] = Cause(key, alert, count, alert.time, alert.process.key, power, alert.time // SECOND_NS, 1)
        self._objects[key[:2]] = self._objects.get(key[:2], 0) + 1
        if len(self._causes) > self._most:
            oldest = next(iter(self._causes))
            self._forget(self._causes.pop(oldest))
        return alert

    def _again(self, cause: Cause, alert: Alert, count: int) -> Alert | None:
        cause.count += count
        cause.last_time = max(cause.last_time, alert.time)
        if alert.time < cause.alert.time:
            cause.alert = msgspec.structs.replace(cause.alert, time=alert.time)
        worse = alert.severity > cause.alert.severity
        fresh = alert.process.key != cause.process and self._may_speak(cause, alert.time)
        power = cause.count >= cause.next_power
        while cause.next_power <= cause.count:
            cause.next_power *= 2
        if not (worse or fresh or power):
            self._grown[cause.key] = None
            return None
        base = alert if worse or fresh else cause.alert
        cause.process = base.process.key
        return self._say(cause, base)

    def _may_speak(self, cause: Cause, time: int) -> bool:
        second = time // SECOND_NS
        if second != cause.second:
            cause.second, cause.fresh = second, 0
        cause.fresh += 1
        return cause.fresh <= FRESH_PROCESSES

    def _say(self, cause: Cause, base: Alert) -> Alert:
        cause.alert = msgspec.structs.replace(
            base,
            id=cause.alert.id,
            severity=max(base.severity, cause.alert.severity),
            time=min(base.time, cause.alert.time),
            last_time=cause.last_time,
            count=cause.count,
        )
        self._grown.pop(cause.key, None)
        return cause.alert

    def tick(self, time: int) -> list[Alert]:
        """Says again what has grown, and forgets what has been quiet for long."""
        said = [self._say(self._causes[key], self._causes[key].alert) for key in tuple(self._grown) if key in self._causes]
        self._grown.clear()
        while self._causes:
            oldest = next(iter(self._causes.values()))
            if time - oldest.last_time <= QUIET_NS:
                break
            self._forget(self._causes.pop(oldest.key))
        return said

    def _forget(self, cause: Cause) -> None:
        self._grown.pop(cause.key, None)
        left = self._objects.get(cause.key[:2], 0) - 1
        if left > 0:
            self._objects[cause.key[:2]] = left
        else:
            self._objects.pop(cause.key[:2], None)

    def dump(self) -> tuple[list[Cause], list[Key]]:
        """All causes, least recent first, and the keys of those that have grown silently."""
        return list(self._causes.values()), list(self._grown)

    def load(self, causes: Iterable[Cause], grown: Iterable[Key]) -> None:
        """Replaces all."""
        self._causes = {cause.key: cause for cause in causes}
        self._grown = dict.fromkeys(grown)
        self._objects = {}
        for detector, subject, *_ in self._causes:
            self._objects[detector, subject] = self._objects.get((detector, subject), 0) + 1


def identity(alert: Alert, exe: str, thing: str) -> str:
    """The alert's id: equal for equal causes that began on the same day."""
    return stable_id("alt", alert.detector, alert.asset_id, exe, thing, alert.time // DAY_NS)
