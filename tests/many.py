"""A store with very many incidents and findings, put in the way that the store itself does, only many at once."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.adapters.store_sql.incidents import INCIDENTS, merge
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.model.incident import Incident, IncidentState
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests import story

AT_ONCE = 5_000
GAP = story.SECOND // 10  # between two of them


def incidents(told: Incident, count: int) -> Iterator[Incident]:
    """Variants of one, each older than the one before, with names that differ."""
    states, chain = tuple(IncidentState), told.chain[:1]
    for i in range(count):
        yield msgspec.structs.replace(
            told,
            id=f"inc-many-{i:06d}",
            title=Text(f"Number {i} started a shell", f"第 {i} 个启动了 shell"),
            severity=Severity(1 + i % 5),
            state=states[i % len(states)],
            container_name=f"shop-web-{i % 977}",
            chain=chain,
            last_time=told.last_time - GAP * (i + 1),
        )


def tell_many(app: Application, count: int) -> None:
    """The story, and so many incidents older than its own."""
    told = story.tell(app)
    assert isinstance(app.store, SqlStore)
    rest = incidents(told, count)
    while some := [one for _, one in zip(range(AT_ONCE), rest, strict=False)]:
        with app.store._database.writing() as transaction:  # one by one it would take a minute
            INCIDENTS.put(transaction, some, merge)
