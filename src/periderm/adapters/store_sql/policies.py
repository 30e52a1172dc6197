"""Policies by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.policy import Policy


def _columns(policy: Policy) -> Mapping[str, object]:
    return {"priority": policy.priority}


POLICIES: Family[Policy] = Family(
    what="policy",
    table=schema.policies,
    decoder=msgspec.msgpack.Decoder(Policy),
    key=lambda policy: policy.id,
    columns=_columns,
)


class SqlPolicies(Part):
    """`ports.store.PolicyStore`."""

    def put_policy(self, policy: Policy) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            POLICIES.put(transaction, [policy], lambda _old, new: new)

    def remove_policy(self, policy_id: str) -> None:
        """It no longer holds."""
        with self._database.writing() as transaction:
            POLICIES.remove(transaction, [plain(policy_id)])

    def policies(self) -> Sequence[Policy]:
        """All, highest priority first, then by id."""
        return list(self._database.once("policies", self._policies))

    def _policies(self) -> tuple[Policy, ...]:
        columns = schema.policies.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc).order_by(columns.priority.desc(), columns.id)).scalars().all()
        return tuple(decode(row, POLICIES.decoder) for row in rows)
