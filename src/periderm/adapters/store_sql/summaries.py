"""Each vulnerability once, with the worst of its findings and where it is, kept by differences: a scan of one image does
not count all others again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, distinct, func, insert, select, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, clean, encode, plain, searchable
from periderm.adapters.store_sql.family import Family, chunks
from periderm.adapters.store_sql.vulnerable import MILLION, THOUSAND, Row, parts
from periderm.model.finding import Finding
from periderm.model.places import VulnerabilityPlaces
from periderm.model.severity import Severity

NAMES_KEPT = 50
ALIASES_KEPT = 20

VULNERABILITIES: Family[VulnerabilityPlaces] = Family(
    what="vulnerability",
    table=schema.vulnerabilities,
    decoder=msgspec.msgpack.Decoder(VulnerabilityPlaces),
    key=lambda vulnerability: vulnerability.id,
    columns=lambda _vulnerability: {},
    aliases={"vulnerability": "id"},
    rank="rank",
)


def summarise(
    connection: Connection,
    rows: tuple[Sequence[Row], Sequence[Row]],
    where: tuple[Mapping[str, set[int]], Mapping[str, set[int]]],
    told: Mapping[str, Finding],
) -> None:
    """`rows` were taken away and added; `where` says in which of their places each vulnerability was and is."""
    removed, added = rows
    before, after = where
    new: dict[str, list[Row]] = defaultdict(list)
    for row in added:
        new[row.vulnerability].append(row)
    less = {row.vulnerability for row in removed}
    names = sorted(less | set(new))
    stored = VULNERABILITIES.stored(connection, names)
    less |= {name for name, state in stored.items() if state.packages > len(state.package_names)}  # not all names are kept
    counted = _count_again(connection, sorted(less))
    out: dict[str, VulnerabilityPlaces] = {}
    for name in names:
        old = stored.get(name)
        if name in less:
            state = counted.get(name)
            if state is None:
                continue
        else:
            state = _grown(name, old, new[name], len(after[name]) - len(before[name]))
        for row in new[name]:
            state = _worded(state, told[row.id], old)
        out[name] = state if new[name] else _kept_words(state, old)
    ended = [name for name in names if name not in out]
    for some in chunks(ended):
        connection.execute(delete(schema.vulnerabilities).where(schema.vulnerabilities.c.id.in_(some)))
    _write(connection, [_summary_row(state) for name, state in out.items() if name not in stored], new=True)
    changed = [_summary_row(state) for name, state in out.items() if name in stored and stored[name] != state]
    _write(connection, changed, new=False)


def _grown(name: str, old: VulnerabilityPlaces | None, rows: Sequence[Row], images: int) -> VulnerabilityPlaces:
    """What was known and these rows more."""
    old = old or VulnerabilityPlaces(id=name, severity=Severity.UNKNOWN)
    packages = _names((*old.package_names, *(row.package for row in rows)))
    return msgspec.structs.replace(
        old,
        severity=Severity(max(old.severity, *(row.severity for row in rows))),
        priority=max(old.priority, *(row.priority / THOUSAND for row in rows)),
        exploited=old.exploited or any(row.exploited for row in rows),
        probability=max(old.probability, *(row.probability / MILLION for row in rows)),
        fixed=old.fixed or any(row.fixed for row in rows),
        images=old.images + images,
        packages=len(packages),
        findings=old.findings + len(rows),
        first_seen=min(filter(None, (old.first_seen, *(row.first_seen for row in rows))), default=0),
        package_names=packages[:NAMES_KEPT],
    )


def counted_within(
    connection: Connection, summaries: Sequence[VulnerabilityPlaces], places: Select[int]
) -> tuple[VulnerabilityPlaces, ...]:
    """These, counted over some places only: what they are elsewhere is not told. Their words are the same everywhere."""
    counted = _count_again(connection, [plain(v.id) for v in summaries], places)
    return tuple(_kept_words(counted[plain(v.id)], v) for v in summaries if plain(v.id) in counted)


def _count_again(
    connection: Connection, names: Sequence[str], places: Select[int] | None = None
) -> dict[str, VulnerabilityPlaces]:
    """From all rows of these, since something of each has gone or changed; those without rows are left out. With `places`
    from the rows there."""
    columns = schema.vulnerable.c
    there = [] if places is None else [columns.place.in_(places)]
    figures: list[Any] = [func.count(), func.count(distinct(columns.place)), func.count(distinct(columns.package))]
    figures += [func.max(columns[f]) for f in ("severity", "priority", "exploited", "probability", "fixed")]
    figures.append(func.min(columns.first_seen))
    out: dict[str, VulnerabilityPlaces] = {}
    for some in chunks(names):
        packages: dict[str, list[str]] = defaultdict(list)
        for name, package in connection.execute(
            select(columns.vulnerability, columns.package).where(columns.vulnerability.in_(some), *there).distinct()
        ):
            packages[name].append(package)
        query = select(columns.vulnerability, *figures).where(columns.vulnerability.in_(some), *there)
        for name, findings, images, count, severity, priority, exploited, probability, fixed, first in connection.execute(
            query.group_by(columns.vulnerability)
        ):
            out[name] = VulnerabilityPlaces(
                id=name,
                severity=Severity(severity),
                priority=priority / THOUSAND,
                exploited=bool(exploited),
                probability=probability / MILLION,
                fixed=bool(fixed),
                images=images,
                packages=count,
                findings=findings,
                first_seen=first,
                package_names=_names(packages[name])[:NAMES_KEPT],
            )
    return out


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _worded(state: VulnerabilityPlaces, finding: Finding, old: VulnerabilityPlaces | None) -> VulnerabilityPlaces:
    """With the title and the aliases that the newest finding tells."""
    v = finding.vulnerability
    assert v is not None  # noqa: S101 -- only findings of a vulnerability have rows
    before = {*state.aliases, *(old.aliases if old else ())}
    aliases = tuple(sorted(before | {alias for alias in v.aliases if alias and alias != v.id}))[:ALIASES_KEPT]
    title = v.summary[:500] or state.title or (old.title if old else "")
    return msgspec.structs.replace(state, title=title, aliases=aliases)


def _kept_words(state: VulnerabilityPlaces, old: VulnerabilityPlaces | None) -> VulnerabilityPlaces:
    return state if old is None else msgspec.structs.replace(state, title=old.title, aliases=old.aliases)


def _summary_row(state: VulnerabilityPlaces) -> dict[str, Any]:
    state = clean(state)
    return {
        "id": plain(state.id),
        "time": bounded(state.first_seen),
        "severity": int(state.severity),
        "rank": parts(state.priority, THOUSAND, 0) * 8 + int(state.severity),
        "exploited": int(state.exploited),
        "fixed": int(state.fixed),
        "search": searchable(state.id, *state.aliases, *state.package_names, state.title),
        "doc": encode(state),
    }


def _write(connection: Connection, rows: Sequence[dict[str, Any]], *, new: bool) -> None:
    table = schema.vulnerabilities
    if not rows:
        return
    if new:
        connection.execute(insert(table), rows)
        return
    statement = update(table).where(table.c.id == bindparam("_id"))
    statement = statement.values({key: bindparam(f"_{key}") for key in rows[0] if key != "id"})
    connection.execute(statement, [{f"_{key}": value for key, value in row.items()} for row in rows])
