"""The part of `/api/v1` about who answers for what: tables from elsewhere and rules. Parses and asks `app`; decides nothing."""

from __future__ import annotations

import msgspec

from periderm.app import owner_sources, owners
from periderm.model.owner_table import OwnerRow, OwnerSource
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1

MOST_UPLOAD = 16 << 20
_DRY = f.Parameter("dry", "`yes`: change nothing, and say what would change.", choices=("yes",))
_AGAIN = "Asks for a proof in the last 15 minutes (`/account/confirm`); a token cannot."


class OwnerTableShown(msgspec.Struct, frozen=True, kw_only=True):
    """A table without its rows; `fetch` is how the server fetches it, null if it does not."""

    name: str
    rows: int
    source: str
    imported: int
    author: str
    fetch: OwnerSource | None = None


class OwnerSchedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body by which the server fetches a table: from `address` (https), every `every` seconds. `columns` says what ours are
    called there, `secret` is a bearer token (kept, and never told again; '' takes the one that is known for the same address),
    `networks` are those of your own that it may lie in. `dry` fetches once, changes nothing and says what would change."""

    address: str
    every: int = 3600
    columns: dict[str, str] = {}
    secret: str = ""
    networks: list[str] = []
    dry: bool = False


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
            rows=table.count,
            source=table.source,
            imported=table.imported,
            author=table.author,
            fetch=owner_sources.shown_source(table.fetch) if table.fetch is not None else None,
        )
        for table in owner_sources.list_heads(call.app, call.who)
    ]


def _matched(call: Call) -> owner_sources.Matched:
    found = owner_sources.what_matches(call.app, call.who, call.path["id"])
    fetch = owner_sources.shown_source(found.table.fetch) if found.table.fetch is not None else None
    return msgspec.structs.replace(found, table=msgspec.structs.replace(found.table, fetch=fetch))


def _import(call: Call) -> owners.Imported:
    dry = f.values_from(call.query, (_DRY,)).get("dry", "") == "yes"
    rows = owners.rows_of(call.body)
    return owners.import_owners(call.app, call.who, call.path["id"], rows, source="api", dry=dry)


def _schedule(call: Call) -> owners.Imported:
    given: OwnerSchedule = decode_body(call, OwnerSchedule)
    source = OwnerSource(address=given.address, every=given.every, columns=given.columns, networks=tuple(given.networks))
    return owner_sources.schedule_owners(call.app, call.who, call.path["id"], source, secret=given.secret, dry=given.dry)


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
        path=f"{V1}/owner-tables/{{id}}",
        summary="One of them, and what it matched.",
        handle=_matched,
        answer=owner_sources.Matched,
        tag="owners",
    ),
    Endpoint(
        method="PUT",
        path=f"{V1}/owner-tables/{{id}}",
        summary="Puts a table in CSV in the place of the one of that name, or says what it would change.",
        handle=_import,
        answer=owners.Imported,
        body=str,
        body_media="text/csv",
        body_limit=MOST_UPLOAD,
        parameters=(_DRY,),
        tag="owners",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/owner-tables/{{id}}",
        summary="It tells nothing from now on; what it told stays with the assets.",
        handle=lambda call: owners.remove_owner_table(call.app, call.who, call.path["id"]),
        status=204,
        tag="owners",
    ),
    Endpoint(
        method="PUT",
        path=f"{V1}/owner-tables/{{id}}/source",
        summary=f"Fetches a table from an address, now and then again and again, or says what it would change. {_AGAIN}",
        handle=_schedule,
        answer=owners.Imported,
        body=OwnerSchedule,
        tag="owners",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/owner-tables/{{id}}/fetch",
        summary="Asks now for a table that is fetched again and again.",
        handle=lambda call: owners.fetch_owners(call.app, call.who, call.path["id"]),
        answer=owners.Imported,
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
