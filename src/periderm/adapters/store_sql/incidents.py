"""Incidents by id, guarded by their revision: whoever changed an old one is told, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.kept_counts import count_incident
from periderm.adapters.store_sql.part import Part
from periderm.model.errors import StoreError
from periderm.model.incident import Incident, IncidentState
from periderm.model.query import Page, Query
from periderm.model.similar import IncidentOutline
from periderm.model.text import Text


def _columns(incident: Incident) -> Mapping[str, object]:
    steps: list[str | Text] = []
    for step in incident.chain:
        steps += (step.title, step.message, step.object)
    return {
        "time": incident.last_time,
        "severity": int(incident.severity),
        "asset_id": incident.asset_id,
        "node_id": incident.node_id,
        "workload_id": incident.workload_id,
        "image_digest": incident.image_digest,
        "state": incident.state.value,
        "search": searchable(incident.title, incident.summary, incident.container_name, *steps),
    }


INCIDENTS: Family[Incident] = Family(
    what="incident",
    table=schema.incidents,
    decoder=msgspec.msgpack.Decoder(Incident),
    key=lambda incident: incident.id,
    columns=_columns,
    aliases={"incident_id": "id"},
)

# A tenth of the time.
OUTLINES = INCIDENTS.outline(IncidentOutline, lambda outline: outline.id)


def merge(old: Incident, new: Incident) -> Incident:
    """The one with the higher revision. Raises StoreError if that is the stored one."""
    if new.revision < old.revision:
        raise StoreError(
            f"Incident {old.id} was changed by someone else (revision {old.revision}, and not {new.revision}).",
            "Read it again, and repeat the change.",
        )
    return old if new.revision == old.revision else new


class SqlIncidents(Part):
    """`ports.store.IncidentStore`."""

    def put_incident(self, incident: Incident) -> None:
        """Store a new revision."""
        with self._database.writing() as transaction:
            for old, new in INCIDENTS.put(transaction, [incident], merge):
                was, now = (each is not None and each.state is IncidentState.FALSE_ALARM for each in (old, new))
                if was is not now:
                    count_incident(transaction.connection, plain(new.id), false=now)

    def incident(self, incident_id: str) -> Incident | None:
        """One incident."""
        return self._get(INCIDENTS, incident_id)

    def incidents(self, query: Query) -> Page[Incident]:
        """A page of incidents, by `last_time`."""
        return self._page(INCIDENTS, query)

    def incident_outlines(self, query: Query) -> Page[IncidentOutline]:
        """A page of outlines."""
        return self._page(OUTLINES, query)

    def open_incidents(self, asset_id: str) -> Sequence[Incident]:
        """Those of one asset that are new or acknowledged, newest `last_time` first."""
        columns = schema.incidents.c
        still = columns.state.in_([IncidentState.NEW.value, IncidentState.ACKNOWLEDGED.value])
        query = select(columns.doc).where(columns.asset_id == plain(asset_id), still)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(columns.time.desc(), columns.id)).scalars().all()
        return [decode(row, INCIDENTS.decoder) for row in rows]
