"""Machines that joined, in their tables: tokens, nodes, certificates. Decides nothing about them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, select

from periderm.adapters.store_sql.documents import bounded, decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.schema_fleet import join_tokens, joined_nodes, node_certificates
from periderm.model.fleet import IssuedCertificate, JoinedNode, JoinToken

MOST_TOKENS = 1000
MOST_NODES = 100_000

TOKENS: Family[JoinToken] = Family(
    what="join-token",
    table=join_tokens,
    decoder=msgspec.msgpack.Decoder(JoinToken),
    key=lambda token: token.id,
    columns=lambda token: {"time": token.created},
)
NODES: Family[JoinedNode] = Family(
    what="joined-node",
    table=joined_nodes,
    decoder=msgspec.msgpack.Decoder(JoinedNode),
    key=lambda node: node.node_id,
    columns=lambda node: {"name": node.name},
)
CERTIFICATES: Family[IssuedCertificate] = Family(
    what="certificate",
    table=node_certificates,
    decoder=msgspec.msgpack.Decoder(IssuedCertificate),
    key=lambda certificate: certificate.serial,
    columns=lambda certificate: {"until": certificate.until, "node_id": certificate.node_id},
)


class SqlFleet(Part):
    """`ports.fleet.FleetStore`."""

    def put_join_token(self, token: JoinToken) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            TOKENS.put(transaction, [token], lambda _old, new: new)

    def join_token(self, token_id: str) -> JoinToken | None:
        """The one of this id."""
        return self._get(TOKENS, token_id)

    def join_tokens(self) -> Sequence[JoinToken]:
        """The newest first."""
        columns = join_tokens.c
        chosen = select(columns.doc).order_by(columns.time.desc(), columns.id).limit(MOST_TOKENS)
        with self._database.reading() as connection:
            return [decode(row, TOKENS.decoder) for row in connection.execute(chosen).scalars().all()]

    def put_joined_node(self, node: JoinedNode) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            NODES.put(transaction, [node], lambda _old, new: new)

    def joined_node(self, node_id: str) -> JoinedNode | None:
        """The one of this id."""
        return self._get(NODES, node_id)

    def joined_nodes(self) -> Sequence[JoinedNode]:
        """By name."""
        columns = joined_nodes.c
        chosen = select(columns.doc).order_by(columns.name, columns.id).limit(MOST_NODES)
        with self._database.reading() as connection:
            return [decode(row, NODES.decoder) for row in connection.execute(chosen).scalars().all()]

    def put_certificate(self, certificate: IssuedCertificate) -> None:
        """Store or replace. No Change: nobody looks at them live."""
        with self._database.writing() as transaction:
            CERTIFICATES.put(transaction, [certificate], lambda _old, new: new, tells=lambda _old, _new: False)

    def certificate(self, serial: str) -> IssuedCertificate | None:
        """The one of this serial number."""
        return self._get(CERTIFICATES, serial)

    def certificates(self, node_id: str) -> Sequence[IssuedCertificate]:
        """A node's, the newest first."""
        columns = node_certificates.c
        chosen = select(columns.doc).where(columns.node_id == plain(node_id)).order_by(columns.until.desc(), columns.id)
        with self._database.reading() as connection:
            return [decode(row, CERTIFICATES.decoder) for row in connection.execute(chosen).scalars().all()]

    def remove_certificates(self, before: int) -> int:
        """Those that ended before."""
        with self._database.writing() as transaction:
            gone = delete(node_certificates).where(node_certificates.c.until < bounded(before))
            return int(transaction.connection.execute(gone).rowcount)
