"""Whose an asset is: by rules that people wrote here, else by its own labels, else by tables from elsewhere."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

import msgspec

from periderm.model.asset import Asset, Container, Image, Node, Ownership, Workload
from periderm.model.labels import namespace_of
from periderm.model.owner_table import RULES, OwnerRow, OwnerTable

_ANY = re.compile(r"[*?\[]")
_FIELDS = ("environment", "application", "owner", "grade")


class Owners:
    """Tables and rules, ready to be asked. The earlier row goes first, tables in the order of their names."""

    def __init__(self, tables: Iterable[OwnerTable]) -> None:
        ordered = sorted(tables, key=lambda each: each.id)
        self._rules = _Rows(table for table in ordered if table.id == RULES)
        self._tables = _Rows(table for table in ordered if table.id != RULES)

    @property
    def patterns(self) -> int:
        """Rows that each asset must be held against."""
        return self._rules.patterns + self._tables.patterns

    def __bool__(self) -> bool:
        return bool(self._rules or self._tables)

    def says(self, asset: Asset) -> bool:
        """Whether rules or tables say anything of it, be it that its own labels go before."""
        return any(rows.of(asset) != Ownership() for rows in (self._rules, self._tables))

    def owned(self, asset: Asset) -> Asset:
        """The asset as rules, its own labels and tables have it, each field by the first of them that says it."""
        own = asset.ownership
        merged = _first(self._rules.of(asset), own)
        if not all(getattr(merged, field) for field in _FIELDS):
            merged = _first(merged, self._tables.of(asset))
        return asset if merged == own else msgspec.structs.replace(asset, ownership=merged)


class _Rows:
    """Rows of some tables; one with a name that holds no pattern costs nothing for other names, so that a table may have a
    hundred thousand of them."""

    def __init__(self, tables: Iterable[OwnerTable]) -> None:
        self._named: dict[str, list[tuple[int, OwnerRow]]] = {}
        self._others: list[tuple[int, OwnerRow]] = []
        for number, row in enumerate(row for table in tables for row in table.rows):
            exact = next((v for v in (row.name, row.host, row.image) if v and not _ANY.search(v)), "")
            rows = self._named.setdefault(exact.casefold(), []) if exact else self._others
            rows.append((number, row))

    @property
    def patterns(self) -> int:
        return len(self._others)

    def __bool__(self) -> bool:
        return bool(self._named or self._others)

    def of(self, asset: Asset) -> Ownership:
        """What they say of it; each field by the first row that has it."""
        if not self:
            return Ownership()
        names = _names(asset)
        candidates = [pair for name in dict.fromkeys(n.casefold() for n in names) for pair in self._named.get(name, ())]
        found: dict[str, object] = {}
        for _, row in sorted((*candidates, *self._others), key=lambda pair: pair[0]):
            if len(found) == len(_FIELDS):
                break
            if _fits(row, asset):
                for field in _FIELDS:
                    if value := getattr(row.ownership, field):
                        found.setdefault(field, value)
        return msgspec.convert(found, Ownership)


def _first(before: Ownership, after: Ownership) -> Ownership:
    """Each field of the first that has it."""
    return Ownership(
        environment=before.environment or after.environment,
        application=before.application or after.application,
        owner=before.owner or after.owner,
        grade=before.grade or after.grade,
    )


def _names(asset: Asset) -> tuple[str, ...]:
    return (asset.name, *_hosts(asset), *_images(asset))


def _hosts(asset: Asset) -> tuple[str, ...]:
    return (asset.hostname, asset.name) if isinstance(asset, Node) else ()


def _images(asset: Asset) -> tuple[str, ...]:
    match asset:
        case Image(references=references, name=name):
            return (name, *references)
        case Container(image_name=name):
            return (name,)
        case _:
            return (getattr(asset, "image_name", ""),)


def _fits(row: OwnerRow, asset: Asset) -> bool:
    asked = ((row.name, (asset.name,)), (row.host, _hosts(asset)), (row.image, _images(asset)))
    if row.namespace and not _like(_namespace(asset), row.namespace):
        return False
    if any(pattern and not any(_like(value, pattern) for value in values) for pattern, values in asked):
        return False
    return not row.label or any(_like(f"{key}={value}", row.label) for key, value in asset.labels.items())


def _namespace(asset: Asset) -> str:
    return asset.namespace if isinstance(asset, Workload) else namespace_of(asset.labels)


def _like(value: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(value.casefold(), pattern.casefold())
