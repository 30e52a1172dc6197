"""Findings by id. The findings of an image are replaced together by its scan (in `scans.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, or_, select

from periderm.adapters.store_sql import places, schema
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import plain, searchable
from periderm.adapters.store_sql.family import Family, named
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import visible
from periderm.adapters.store_sql.runs import is_running
from periderm.adapters.store_sql.vulnerabilities import note, of_vulnerability
from periderm.model.finding import Finding, FindingKind
from periderm.model.query import Page, Query


def _columns(finding: Finding) -> Mapping[str, object]:
    return {
        "time": finding.last_seen,
        "severity": int(finding.severity),
        "kind": finding.kind.value,
        "asset_id": finding.asset_id,
        "image_digest": "",
        "detector": finding.detector,
        "search": searchable(finding.title, finding.message, finding.location, finding.package, finding.detector),
    }


FINDINGS: Family[Finding] = Family(
    what="finding",
    table=schema.findings,
    decoder=msgspec.msgpack.Decoder(Finding),
    key=lambda finding: finding.id,
    columns=_columns,
)


def merge(old: Finding, new: Finding) -> Finding:
    """The new value, first seen when the old one was, last seen at the greatest time."""
    first = old.first_seen or new.first_seen
    return msgspec.structs.replace(new, first_seen=first, last_seen=max(old.last_seen, new.last_seen))


def tells(old: Finding, new: Finding) -> bool:
    """Whether more changed than that it was seen again."""
    return msgspec.structs.replace(old, last_seen=new.last_seen) != new


def of_image(digest: str) -> ColumnElement[bool]:
    """The rows that belong to an image: by its scan, or because they speak of its asset."""
    assets = schema.assets.c
    known = select(assets.id).where(assets.image_digest == plain(digest), assets.kind == "image")
    return or_(schema.findings.c.image_digest == plain(digest), schema.findings.c.asset_id.in_(known))


def digests(connection: Connection, findings: Iterable[Finding]) -> Callable[[Finding], Mapping[str, object]]:
    """The column that a finding cannot fill by itself: the digest of the image that its asset is."""
    assets = schema.assets.c
    wanted = list({plain(finding.asset_id) for finding in findings})
    known: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = connection.execute(select(assets.id, assets.image_digest).where(assets.id.in_(some), assets.kind == "image"))
        known.update((row.id, row.image_digest) for row in rows)
    return lambda finding: {"image_digest": known.get(plain(finding.asset_id), "")}


def follow(
    transaction: Transaction, gone: Iterable[str], findings: Sequence[Finding], digest_of: Callable[[Finding], str]
) -> None:
    """Bring the rows of vulnerabilities and images up to date with these findings; those of `gone` were removed before."""
    images = {digest for finding in findings if (digest := digest_of(finding))}
    hosts = {plain(f.asset_id) for f in findings if f.vulnerability is not None and not digest_of(f)}
    numbers = places.ensure(transaction.connection, images) | places.ensure(transaction.connection, hosts, places.OTHER)
    note(transaction.connection, gone, findings, lambda f: numbers[plain(digest_of(f)) or plain(f.asset_id)])
    places.refresh(transaction, images)


class SqlFindings(Part):
    """The findings of `ports.store.FindingStore`."""

    def put_findings(self, findings: Iterable[Finding]) -> None:
        """Store or merge."""
        given = list(findings)
        with self._database.writing() as transaction:
            of = digests(transaction.connection, given)
            FINDINGS.put(transaction, given, merge, extra=of, tells=tells)
            follow(transaction, [], given, lambda finding: str(of(finding)["image_digest"]))

    def finding(self, finding_id: str) -> Finding | None:
        """One finding."""
        return self._get(FINDINGS, finding_id)

    def findings(self, query: Query) -> Page[Finding]:
        """A page of findings, the last seen first."""
        extra: list[ColumnElement[bool]] = []
        if query.state == "running":
            extra.append(is_running(schema.findings.c.image_digest))
            query = msgspec.structs.replace(query, state="")
        if query.vulnerability:
            extra.append(of_vulnerability(query.vulnerability))
            query = msgspec.structs.replace(query, vulnerability="")
        return self._page(FINDINGS, query, extra)

    def images_with_findings(self, query: Query, *, digests: Sequence[str] | None = None) -> Page[str]:
        """By the first row of an index that fits, and not by counting all: one statement for five hundred images."""
        rows, known = schema.findings.c, schema.places.c
        kinds = [query.kind] if query.kind else [kind.value for kind in FindingKind]
        fits = [rows.image_digest == known.id, rows.kind.in_(kinds), rows.severity >= int(query.severity_at_least)]
        if query.within is not None:
            fits.append(visible("finding", schema.findings, query.within))
        with self._database.reading() as connection:
            return named(
                connection, select(known.id).where(known.kind == places.IMAGE, exists().where(*fits)), known.id, digests
            )
