"""The part of `/api/v1` about who answers for what: tables from elsewhere and rules. Parses and asks `app`; decides nothing."""

from __future__ import annotations

import msgspec

from periderm.app import owners
from periderm.model.owner_table import OwnerRow, OwnerSource
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1


class OwnerTableShown(msgspec.Struct, frozen=True, kw_only=True):
    """A table without its rows; `fetch` is how the server fetches it, null if it does not."""

    name: str
    rows: int
    source: str
    imported: int
    author: str
    fetch: OwnerSource | None = None


class OwnerRulesChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body that puts `rules` in place of those that there are. `state` is that of those that were seen; `dry` changes nothing
    and says what would change."""

    rules: list[OwnerRow]
    state: str = ""
    dry: bool = False


def _tables(call: Call) -> list[OwnerTableShown]:
    return [
        OwnerTableShown(
            name=table.id,
            rows=len(table.rows),
            source=table.source,
            imported=table.imported,
            author=table.author,
            fetch=table.fetch,
        )
        for table in owners.list_owner_tables(call.app, call.who)
    ]


def _rules(call: Call) -> owners.Rules:
    return owners.owner_rules(call.app, call.who)


def _set_rules(call: Call) -> owners.Imported:
    given: OwnerRulesChange = decode_body(call, OwnerRulesChange)
    return owners.set_owner_rules(call.app, call.who, given.rules, state=given.state, dry=given.dry)


OWNERS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/owner-tables",
        summary="Tables of owners from elsewhere, and how fetching them goes.",
        handle=_tables,
        answer=list[OwnerTableShown],
        tag="owners",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/owner-rules",
        summary="The rules of whose everything is, the first one first.",
        handle=_rules,
        answer=owners.Rules,
        tag="owners",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/owner-rules",
        summary="Puts other rules in their place, or says what they would change.",
        handle=_set_rules,
        answer=owners.Imported,
        body=OwnerRulesChange,
        tag="owners",
    ),
)
