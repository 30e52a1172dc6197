"""Accounts, groups and API tokens in their tables, known only by hashes and digests of their secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import delete, insert, select, update

from periderm.adapters.store_sql import schema, schema_people
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.account import Account, ApiToken, Group

_tokens = msgspec.msgpack.Decoder(ApiToken)


def _nothing(_item: object) -> Mapping[str, object]:
    return {}


ACCOUNTS: Family[Account] = Family(
    what="account",
    table=schema_people.accounts,
    decoder=msgspec.msgpack.Decoder(Account),
    key=lambda account: account.name,
    columns=_nothing,
)
GROUPS: Family[Group] = Family(
    what="group",
    table=schema_people.account_groups,
    decoder=msgspec.msgpack.Decoder(Group),
    key=lambda group: group.name,
    columns=_nothing,
)


class SqlAccounts(Part):
    """`ports.accounts.AccountStore`."""

    def put_account(self, account: Account) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            ACCOUNTS.put(transaction, [account], lambda _old, new: new)

    def remove_account(self, name: str) -> None:
        """With all by which it could still be used."""
        with self._database.transaction() as transaction:
            ACCOUNTS.remove(transaction, [plain(name)])
            for table in (schema_people.api_tokens, schema.sessions, schema_people.devices, schema.sign_ins):
                transaction.connection.execute(delete(table).where(table.c.name == plain(name)))

    def account(self, name: str) -> Account | None:
        """One account."""
        return self._get(ACCOUNTS, name)

    def accounts(self) -> Sequence[Account]:
        """All, by name."""
        columns = schema_people.accounts.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc).order_by(columns.id)).scalars().all()
        return [decode(row, ACCOUNTS.decoder) for row in rows]

    def put_group(self, group: Group) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            GROUPS.put(transaction, [group], lambda _old, new: new)

    def remove_group(self, name: str) -> None:
        """What its members had by it they have no more."""
        with self._database.writing() as transaction:
            GROUPS.remove(transaction, [plain(name)])

    def groups(self) -> Sequence[Group]:
        """All, by name."""
        columns = schema_people.account_groups.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc).order_by(columns.id)).scalars().all()
        return [decode(row, GROUPS.decoder) for row in rows]

    def put_token(self, digest: str, token: ApiToken) -> None:
        """Known from now on."""
        token = clean(token)
        table = schema_people.api_tokens
        row = {"id": plain(digest), "public": token.id, "name": token.account, "created": bounded(token.created), "used": 0}
        with self._database.writing() as transaction:
            transaction.connection.execute(delete(table).where(table.c.id == plain(digest)))
            transaction.connection.execute(insert(table), [{**row, "doc": encode(token)}])
            transaction.tell("token", token.id)

    def token(self, digest: str) -> ApiToken | None:
        """With when it was last used."""
        columns = schema_people.api_tokens.c
        with self._database.reading() as connection:
            row = connection.execute(select(columns.doc, columns.used).where(columns.id == plain(digest))).first()
        return None if row is None else msgspec.structs.replace(decode(row.doc, _tokens), used=row.used)

    def tokens(self) -> Sequence[ApiToken]:
        """By account, the newest first."""
        columns = schema_people.api_tokens.c
        order = (columns.name, columns.created.desc(), columns.public)
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc, columns.used).order_by(*order)).all()
        return [msgspec.structs.replace(decode(row.doc, _tokens), used=row.used) for row in rows]

    def use_token(self, digest: str, now: int) -> None:
        """No Change: it would be one for each call."""
        table = schema_people.api_tokens
        with self._database.writing() as transaction:
            transaction.connection.execute(update(table).where(table.c.id == plain(digest)).values(used=bounded(now)))

    def remove_token(self, token_id: str) -> bool:
        """It works no more."""
        table = schema_people.api_tokens
        with self._database.writing() as transaction:
            gone = transaction.connection.execute(delete(table).where(table.c.public == plain(token_id))).rowcount
            if gone:
                transaction.tell("token", plain(token_id))
        return bool(gone)
