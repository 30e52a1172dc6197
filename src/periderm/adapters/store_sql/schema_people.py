"""The tables of people, their rights and what they did, as they are now. How they came to be is in `migrations/`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, Table, Text, event, text

from periderm.adapters.store_sql.schema import metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("who", "action", "subject", "detail", "previous", "digest", "search")),
)
Index("ix_audit_log_time", audit_log.c.time)
Index("ix_audit_log_action", audit_log.c.action, audit_log.c.sequence)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),  # the name
    Column("doc", LargeBinary, nullable=False),
)
account_groups = Table(
    "account_groups",
    metadata,
    Column("id", Text, primary_key=True),  # the name
    Column("doc", LargeBinary, nullable=False),
)
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Text, primary_key=True),  # the secret's digest
    Column("public", Text, nullable=False),  # the id by which it is named in lists
    Column("name", Text, nullable=False),  # the account's
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("doc", LargeBinary, nullable=False),
)
devices = Table(
    "devices",  # browsers by which an account has signed in
    metadata,
    Column("id", Text, primary_key=True),  # the cookie's digest
    Column("name", Text, nullable=False),
    Column("expires", BigInteger, nullable=False),
)

# What each asset is marked with, to ask for a part of them: made from the assets, in the transactions that store them.
asset_marks = Table(
    "asset_marks",
    metadata,
    Column("id", Text, primary_key=True),  # the asset's id
    Column("mark", Text, primary_key=True),  # 'application', 'environment' or 'label:KEY'
    Column("value", Text, nullable=False),
)
Index("ix_asset_marks_value", asset_marks.c.mark, asset_marks.c.value, asset_marks.c.id)


def _guard(_table: Table, connection: Connection, **_: object) -> None:
    """The product has no statement that changes an entry; a mistake in a later version, or a careless hand, is refused too."""
    if connection.dialect.name != "sqlite":
        return
    for what in ("update", "delete"):
        connection.execute(
            text(
                f"CREATE TRIGGER audit_log_no_{what} BEFORE {what.upper()} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        )


event.listen(audit_log, "after_create", _guard)
