"""Who asks with a node's certificate, and its next certificate. Whoever is revoked is nobody from the next request on."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.audit import note
from periderm.app.fleet import authority_of, issued
from periderm.correlate.fleet import copied_gap
from periderm.model.errors import DeniedError
from periderm.model.fleet import IssuedCertificate, JoinedNode, Membership, Peer, RenewRequest
from periderm.model.principal import Permission, Principal

LATE_NS = 30 * 24 * 3600 * 10**9
"""How long after its end a certificate is still good for getting the next: a server that was away for a weekend must not cost
every machine its place."""
REPLACED_NS = 5 * 60 * 10**9
"""How long a certificate still counts when the next is in use: requests are under way, and threads keep their connections."""
TOLD_NS = 60 * 10**9
_AGAIN = "Join again: `periderm join-token new --again` on the server, `periderm agent --join` here."


def member(app: Application, certificate: bytes, *, renewing: bool = False) -> Principal:
    """The node that this certificate (DER, b'' for none) is of; its key was shown to be there by TLS. `renewing` lets one in
    whose certificate has ended. Raises DeniedError."""
    peer = authority_of(app).peer(certificate) if certificate else None
    if peer is None:
        raise DeniedError("This needs a certificate of a machine that joined.", "Join first: `periderm agent --join TOKEN`.")
    node, now = app.store.joined_node(peer.node_id), app.clock.now()
    if node is not None and node.revoked:
        raise DeniedError("This machine was revoked.", _AGAIN)
    if now >= peer.until + (LATE_NS if renewing else 0):
        raise DeniedError("The certificate of this machine has ended.", "" if now < peer.until + LATE_NS else _AGAIN)
    known = app.store.certificate(peer.serial)
    if known is None or not known.used:
        _first_use(app, peer, node, known, now)
    elif known.replaced and now >= known.replaced + REPLACED_NS:
        _copied(app, peer, node, now)
        raise DeniedError("This certificate was replaced by a newer one of the same machine.", _AGAIN)
    return Principal(f"node:{peer.node_id}", frozenset({Permission.INGEST}), peer.node_id)


def renew(app: Application, who: Principal, asked: RenewRequest) -> Membership:
    """The next certificate of a node. The one that it has counts until the next is used, or until it ends."""
    if not who.node_id:
        raise DeniedError("Only a machine that joined renews a certificate.", _AGAIN)
    authority, now = authority_of(app), app.clock.now()
    with app.store.transaction():
        node = app.store.joined_node(who.node_id)
        name = node.name if node is not None else who.node_id
        said, peer = authority.issue(asked.request, who.node_id, name, now, app.settings.certificate_seconds)
        app.store.put_certificate(issued(peer))
        app.store.remove_certificates(now - LATE_NS)
        if node is not None and asked.version and node.version != asked.version[:64]:
            app.store.put_joined_node(msgspec.structs.replace(node, version=asked.version[:64]))
    return Membership(
        certificate=said, authorities=authority.certificates(), seconds=app.settings.certificate_seconds, time=now
    )


def _first_use(app: Application, peer: Peer, node: JoinedNode | None, known: IssuedCertificate | None, now: int) -> None:
    """It is in use from now on, and those before it are replaced. One that is ours and that the store does not know comes from
    before the store was restored: its machine is known again."""
    with app.store.transaction():
        if node is None:
            app.store.put_joined_node(JoinedNode(node_id=peer.node_id, name=peer.node_id, joined=now))
            note(app, f"node:{peer.node_id}", "node.known-again", peer.node_id, "its certificate is older than this store")
        if (known is not None and known.replaced) or (known is None and node is not None and peer.since < node.joined):
            raise DeniedError("This certificate was replaced by a newer one of the same machine.", _AGAIN)
        since = known.since if known is not None else peer.since + 10**9  # certificates tell whole seconds
        for before in app.store.certificates(peer.node_id):
            if before.serial != peer.serial and not before.replaced and before.since <= since:
                app.store.put_certificate(msgspec.structs.replace(before, replaced=now))
        app.store.put_certificate(msgspec.structs.replace(known or issued(peer), used=now))


def _copied(app: Application, peer: Peer, node: JoinedNode | None, now: int) -> None:
    """An identity that is in two places is told: one of them stole it."""
    gap = copied_gap(peer.node_id, node.name if node is not None else peer.node_id, now)
    told = app.store.gap(gap.id)
    if told is not None and now < told.until + TOLD_NS:
        return  # whoever has the copy may knock a thousand times a second
    with app.store.transaction():
        app.store.put_gaps([gap])
