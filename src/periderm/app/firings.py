"""How often detectors fired and things were attacked, day by day, and how much of it people called false. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.model.asset import Asset, Image, Node, Workload
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.tally import DAY_SECONDS, Tally, TallyBy

DAYS = 30
SPARK_DAYS = 14
MOST_KEYS = 1_000


class Daily(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of the last days, the oldest first (whole days, UTC); `last` is when the latest happened (0: never)."""

    days: tuple[int, ...]
    last: int = 0

    @property
    def total(self) -> int:
        """Over all of these days."""
        return sum(self.days)


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """Of one detector over the last DAYS: its alerts; `false` of them in incidents that people called false alarms, and
    `excepted` that an exception took out since."""

    detector: str
    alerts: int
    last: int
    false: int = 0
    excepted: int = 0
    days: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        """The part of its alerts that were false, 0 to 1; -1 where it did not fire."""
        return min(1.0, (self.false + self.excepted) / self.alerts) if self.alerts else -1.0


def firings(app: Application, who: Principal, detectors: Sequence[str] | None = None) -> tuple[Firing, ...]:
    """Of each detector (or of these) that fired in the last DAYS, the most false first, then the most frequent."""
    require(who, Permission.READ)
    since = _since(app, DAYS)
    if detectors is not None and len(detectors) > MOST_KEYS:
        detectors = None
    counted = _by_key(app.store.alert_days(Query(since=since), by=TallyBy.DETECTOR, keys=detectors).items, since, DAYS)
    false = {each.detector: each for each in app.store.false_alerts(Query(since=since)).items}
    found = [
        Firing(
            detector=name,
            alerts=daily.total,
            last=daily.last,
            false=false[name].said if name in false else 0,
            excepted=false[name].excepted if name in false else 0,
            days=daily.days,
        )
        for name, daily in counted.items()
    ]
    return tuple(sorted(found, key=lambda f: (-f.false - f.excepted, -f.alerts, f.detector)))


def incidents_daily(app: Application, who: Principal, by: TallyBy, keys: Iterable[str]) -> dict[str, Daily]:
    """Incidents of the last SPARK_DAYS of each asset, workload or image; those without any are left out."""
    require(who, Permission.READ)
    wanted = list(dict.fromkeys(key for key in keys if key))[:MOST_KEYS]
    if not wanted:
        return {}
    since = _since(app, SPARK_DAYS)
    return _by_key(app.store.incident_days(Query(since=since), by=by, keys=wanted).items, since, SPARK_DAYS)


def assets_daily(app: Application, who: Principal, assets: Iterable[Asset]) -> dict[str, Daily]:
    """The same by asset id: of an image all that ran from it, of a workload all its containers, of a node all on it."""
    keys: dict[TallyBy, dict[str, str]] = {by: {} for by in TallyBy}
    for asset in assets:
        if isinstance(asset, Image):
            keys[TallyBy.IMAGE][asset.digest] = asset.id
        elif isinstance(asset, Node):
            keys[TallyBy.NODE][asset.id] = asset.id
        elif isinstance(asset, Workload):
            keys[TallyBy.WORKLOAD][asset.id] = asset.id
        else:
            keys[TallyBy.ASSET][asset.id] = asset.id
    found: dict[str, Daily] = {}
    for by, mine in keys.items():
        found |= {mine[key]: daily for key, daily in incidents_daily(app, who, by, mine).items()}
    return found


def _since(app: Application, days: int) -> int:
    """The first nanosecond of the first of so many days, today the last of them."""
    today = app.clock.now() // 10**9 // DAY_SECONDS
    return max(1, (today - days + 1) * DAY_SECONDS * 10**9)


def _by_key(tallies: Iterable[Tally], since: int, days: int) -> dict[str, Daily]:
    first = since // 10**9 // DAY_SECONDS
    counts: dict[str, list[int]] = {}
    last: dict[str, int] = {}
    for tally in tallies:
        at = min(max(0, tally.day // DAY_SECONDS - first), days - 1)  # a clock that goes ahead counts as today
        counts.setdefault(tally.key, [0] * days)[at] += tally.count
        last[tally.key] = max(last.get(tally.key, 0), tally.last)
    return {key: Daily(days=tuple(found), last=last[key]) for key, found in counts.items()}
