"""Who deals with what, by the id of the incident or weakness; and when grave weaknesses came and went, for the two trends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select, update

from periderm.adapters.store_sql.documents import plain, searchable
from periderm.adapters.store_sql.family import Family, chunks
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.schema_handlings import handlings, risk_lives
from periderm.model.handling import Handling, HandlingState, RiskDay
from periderm.model.query import Page, Query

DAY_NS = 86_400 * 10**9
KEPT_NS = 400 * DAY_NS  # what was fixed so long ago is in no trend any more


def _columns(handling: Handling) -> Mapping[str, object]:
    return {
        "time": handling.changed,
        "severity": int(handling.severity),
        "due": handling.due,
        "over": int(handling.over),
        "kind": handling.kind.value,
        "state": handling.state.value,
        "assignee": handling.assignee,
        "place": handling.place,
        "asset_id": handling.asset_id,
        "search": searchable(handling.title, handling.assignee, handling.ticket, handling.application, handling.place),
    }


HANDLINGS: Family[Handling] = Family(
    what="handling",
    table=handlings,
    decoder=msgspec.msgpack.Decoder(Handling),
    key=lambda handling: handling.id,
    columns=_columns,
)


class SqlHandlings(Part):
    """`ports.handlings.HandlingStore`."""

    def put_handling(self, handling: Handling) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            HANDLINGS.put(transaction, [handling], lambda _old, new: new)

    def handling(self, handling_id: str) -> Handling | None:
        """One of them."""
        return self._get(HANDLINGS, handling_id)

    def handlings(self, query: Query, *, assignee: str = "", place: str = "") -> Page[Handling]:
        """A page of them, the newest change first."""
        columns = handlings.c
        asked = ((columns.assignee, assignee), (columns.place, place))
        extra: list[ColumnElement[bool]] = [column == plain(value) for column, value in asked if value]
        if query.state in ("open", "overdue", "lapsed"):
            extra.append(columns.over == int(query.state == "lapsed"))
            if query.state == "lapsed":
                extra.append(columns.state == HandlingState.ACCEPTED.value)
            if query.state != "open":
                extra += [columns.due > 0, columns.due < query.until]
                query = msgspec.structs.replace(query, until=0)
            query = msgspec.structs.replace(query, state="")
        return self._page(HANDLINGS, query, extra)

    def handlings_of(self, handling_ids: Iterable[str]) -> dict[str, Handling]:
        """Those that there are."""
        with self._database.reading() as connection:
            return HANDLINGS.stored(connection, [plain(name) for name in handling_ids])

    def put_risks(self, place: str, there: Mapping[str, tuple[int, int]], time: int) -> None:
        """What is there, and by that what went."""
        columns = risk_lives.c
        with self._database.writing() as transaction:
            connection = transaction.connection
            known = connection.execute(select(columns.id, columns.fixed).where(columns.place == plain(place))).all()
            before = {row.id: row.fixed for row in known}
            names = {plain(name): values for name, values in there.items()}
            went = [name for name, fixed in before.items() if not fixed and name not in names]
            for some in chunks(went):
                connection.execute(update(risk_lives).where(columns.id.in_(some)).values(fixed=time))
            for some in chunks([name for name in names if before.get(name)]):
                connection.execute(update(risk_lives).where(columns.id.in_(some)).values(fixed=0))
            new = [
                {"id": name, "place": plain(place), "severity": severity, "first_seen": first or time, "fixed": 0}
                for name, (severity, first) in names.items()
                if name not in before
            ]
            if new:
                connection.execute(insert(risk_lives), new)
            connection.execute(delete(risk_lives).where(columns.fixed > 0, columns.fixed < time - KEPT_NS))

    def risk_days(self, since: int, until: int) -> Sequence[RiskDay]:
        """Counted by days on which findings came and went, so that the work is by days and not by findings."""
        first, last = since // DAY_NS, until // DAY_NS
        with self._database.reading() as connection:
            groups = _lives(connection, first, last)
        came: Counter[int] = Counter()
        fixed: Counter[int] = Counter()
        existing = fresh = 0
        went_old: Counter[int] = Counter()
        went_fresh: Counter[int] = Counter()
        for came_on, fixed_on, count in groups:
            old = came_on < first
            existing += count * old
            came[came_on] += 0 if old else count
            if fixed_on:
                fixed[fixed_on] += count
                (went_old if old else went_fresh)[fixed_on] += count
        days = []
        for day in range(first, last + 1):
            existing -= went_old[day]
            fresh += came[day] - went_fresh[day]
            days.append(RiskDay(day=day * 86_400, existing=existing, fresh=fresh, came=came[day], fixed=fixed[day]))
        return days


def _lives(connection: Connection, first: int, last: int) -> list[tuple[int, int, int]]:
    """(day it came, day it went or 0, how many); those that came before `first` as one day."""
    columns = risk_lives.c
    came = case((columns.first_seen < first * DAY_NS, first - 1), else_=columns.first_seen // DAY_NS)
    went = columns.fixed // DAY_NS
    chosen = select(came, went, func.count()).where(
        columns.first_seen < (last + 1) * DAY_NS,
        (columns.fixed == 0) | (columns.fixed >= first * DAY_NS),
    )
    rows = connection.execute(chosen.group_by(came, went)).all()
    return [(int(row[0]), int(row[1]), int(row[2])) for row in rows]
