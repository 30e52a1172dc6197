"""Alerts by id: the same cause that fires again grows its count, and never leaves its incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec
from sqlalchemy import func, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.kept_counts import Counted, count_alerts, kept
from periderm.adapters.store_sql.part import Part
from periderm.model.alert import EXCEPTED, Alert
from periderm.model.query import Page, Query


def _incident(alert: Alert) -> str:
    """What an exception took out has its name in place of an incident: listed and counted by the same index."""
    return alert.incident_id or (EXCEPTED + alert.excepted if alert.excepted else "")


def _columns(alert: Alert) -> Mapping[str, object]:
    return {
        "time": alert.last_time,
        "severity": int(alert.severity),
        "asset_id": alert.asset_id,
        "node_id": alert.node_id,
        "workload_id": alert.workload_id,
        "image_digest": alert.image_digest,
        "incident_id": _incident(alert),
        "detector": alert.detector,
        "search": searchable(alert.title, alert.message, alert.object, alert.container_name, alert.process.exe, alert.detector),
    }


ALERTS: Family[Alert] = Family(
    what="alert",
    table=schema.alerts,
    decoder=msgspec.msgpack.Decoder(Alert),
    key=lambda alert: alert.id,
    columns=_columns,
)


def merge(old: Alert, new: Alert) -> Alert:
    """The new value with the greatest `count` and `last_time`, and the incident that either of them knows."""
    return msgspec.structs.replace(
        new,
        count=max(old.count, new.count),
        last_time=max(old.last_time, new.last_time),
        incident_id=new.incident_id or old.incident_id,
    )


def counted(alert: Alert) -> Counted:
    """As its row counts it."""
    return Counted(plain(alert.asset_id), plain(alert.detector), bounded(alert.last_time), plain(_incident(alert)))


class SqlAlerts(Part):
    """`ports.store.AlertStore`."""

    def put_alerts(self, alerts: Iterable[Alert]) -> None:
        """Store or merge."""
        with self._database.writing() as transaction:
            changed = ALERTS.put(transaction, alerts, merge)
            count_alerts(
                transaction.connection, [(None if old is None else counted(old), counted(new)) for old, new in changed]
            )

    def alert(self, alert_id: str) -> Alert | None:
        """One alert."""
        return self._get(ALERTS, alert_id)

    def alerts_by_id(self, alert_ids: Iterable[str]) -> Mapping[str, Alert]:
        """Those that are stored."""
        asked = {plain(name): name for name in alert_ids}
        if not asked:
            return {}
        with self._database.reading() as connection:
            found = ALERTS.stored(connection, asked)
        return {asked[name]: alert for name, alert in found.items()}

    def alerts(self, query: Query) -> Page[Alert]:
        """A page of alerts, by `last_time`. How many a detector has, or all, is told by the counts that are kept."""
        answering = kept(query)
        if answering is None:
            return self._page(ALERTS, query)
        table, where = answering

        def total(_what: str, _query: Query, _count: Callable[[], int]) -> int:
            mine = [*where, table.c.detector == plain(query.detector)] if query.detector else where
            with self._database.reading() as connection:
                return int(connection.execute(select(func.coalesce(func.sum(table.c.n), 0)).where(*mine)).scalar_one())

        with self._database.look():
            return self._page(ALERTS, query, known=total)
