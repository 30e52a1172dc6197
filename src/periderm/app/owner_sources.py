"""Tables of owners that the server fetches by itself, and what each table matched. Whence they come is said on the machine, or
by an administrator who proved who he is; how fetching goes is in flow."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.confirming import require_confirmed
from periderm.app.owners import Imported, checked_source, import_owners, named, rows_of
from periderm.correlate.owning import Owners
from periderm.flow.own_assets import KINDS
from periderm.model.asset import Asset
from periderm.model.errors import DeniedError, NotFoundError, PeridermError, UsageError
from periderm.model.gap import GapKind
from periderm.model.ids import stable_id
from periderm.model.owner_table import RULES, OwnerHead, OwnerSource
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every

MOST_ASSETS = 50_000  # of a kind, that a table is held against
SHOWN = 50


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What one table says something of: `matched` of `assets`, the first of them `some`."""

    table: OwnerHead
    assets: int
    matched: int
    some: tuple[Asset, ...] = ()


class OwnersState(msgspec.Struct, frozen=True, kw_only=True):
    """All tables but the rules, without their rows; `without` running containers and nodes have no owner or application."""

    tables: tuple[OwnerHead, ...]
    without: int


def owners_state(app: Application, who: Principal) -> OwnersState:
    """How it stands."""
    require(who, Permission.READ)
    return OwnersState(
        tables=tuple(list_heads(app, who)),
        without=app.store.gaps(Query(kind=GapKind.OWNER_UNKNOWN.value, limit=1)).total,
    )


def list_heads(app: Application, who: Principal) -> Sequence[OwnerHead]:
    """All tables that were imported, without their rows."""
    require(who, Permission.READ)
    return [head for head in app.store.owner_heads() if head.id != RULES]


def what_matches(app: Application, who: Principal, name: str) -> Matched:
    """The assets that the table says something of, also where rules or labels go before it. Raises NotFoundError."""
    require(who, Permission.READ)
    head = next((each for each in list_heads(app, who) if each.id == name), None)
    table = app.store.owner_table(name) if head is not None else None
    if head is None or table is None:
        raise NotFoundError(f"There is no table {name[:80]!r}.", "`periderm owners` lists them.")
    alone = Owners([table])
    assets = matched = 0
    some: list[Asset] = []
    for kind in KINDS:
        for asset in every(app.store.assets, Query(kind=kind, limit=1000), MOST_ASSETS):
            assets += 1
            if alone.says(asset):
                matched += 1
                some += [asset] if len(some) < SHOWN else []
    return Matched(table=head, assets=assets, matched=matched, some=tuple(some))


def schedule_owners(
    app: Application, who: Principal, name: str, source: OwnerSource, *, secret: str = "", dry: bool = False
) -> Imported:
    """Fetches a table now and from then on every `source.every` seconds, in the place of one of that name. `secret` is a bearer
    token that a person typed: it is kept, and only where it lies is told. With `dry` it is fetched once, and nothing changes
    but the log. Raises UsageError, DeniedError, and what fetching raises."""
    require_confirmed(app, who)
    if app.owner_documents is None:
        raise DeniedError("This process fetches nothing.", "Ask the server, or use its command line.")
    old = app.store.owner_table(named(name))
    before = old.fetch if old is not None else None
    kept = ""
    try:
        if secret:
            source = msgspec.structs.replace(source, token=(kept := _keep(app, name, secret)))
        elif before is not None and not source.token and (before.address, before.networks) == (source.address, source.networks):
            source = msgspec.structs.replace(source, token=before.token)  # a secret goes only where it went
        source = checked_source(app, who, source, before, typed=kept)
        note(app, who, "owners.schedule" if not dry else "owners.try", named(name), _without_query(source.address))
        document = app.owner_documents.fetch(source)
        rows = rows_of(document.data if document is not None else b"", source.columns)
        told = import_owners(app, who, name, rows, source=_without_query(source.address), dry=dry, fetch=source, typed=kept)
    except PeridermError:
        _forget(app, kept)
        raise
    if dry:
        _forget(app, kept)
    elif before is not None and before.token != source.token:
        _forget(app, before.token)
    return told


def _keep(app: Application, name: str, secret: str) -> str:
    if app.secrets is None:
        raise UsageError("This process keeps no secrets.", "Ask the server, or name where the secret lies.")
    return app.secrets.keep(f"owners-{stable_id('own', named(name))[-16:]}", secret)


def _forget(app: Application, reference: str) -> None:
    if app.secrets is not None and reference:
        app.secrets.forget(reference)


def shown_source(source: OwnerSource) -> OwnerSource:
    """As people see it: what stands behind the question mark of its address may be a key."""
    bare = _without_query(source.address)
    return source if bare == source.address else msgspec.structs.replace(source, address=f"{bare}?…")


def _without_query(address: str) -> str:
    """For lists and the log: what stands behind the question mark may be a key."""
    return address.partition("?")[0]
