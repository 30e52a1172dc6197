"""Machines that join: who may, by which token, until when. Who asks with a certificate is in `members`."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.confirming import require_confirmed, require_fresh
from periderm.app.sign_in import digest_of
from periderm.model.asset import Node
from periderm.model.errors import ConnectError, DeniedError, NotFoundError, UsageError
from periderm.model.fleet import (
    AuthorityInfo,
    IssuedCertificate,
    JoinedNode,
    JoinRequest,
    JoinToken,
    MemberRole,
    Membership,
    Peer,
)
from periderm.model.principal import Permission, Principal
from periderm.ports.fleet import Authority

TOKEN_START = "periderm-join"  # noqa: S105  # how every token begins; the secret comes behind it
TOKEN_SECONDS = 3600
LONGEST_SECONDS = 30 * 24 * 3600
LONGEST_NAME = 253  # of a host: RFC 1035, 2.3.4
_NODE_ID = re.compile(r"node-[0-9a-f]{24}")
_NOT_KNOWN = DeniedError("The join token is not known here.", "Make one with `periderm join-token new`.")


def authority_of(app: Application) -> Authority:
    """Raises ConnectError in a process that has none."""
    if app.authority is None:
        raise ConnectError("This process issues no certificates.", "Ask the process that `periderm server --agents` started.")
    return app.authority


def _require_all(who: Principal) -> None:
    """Machines are of the whole installation. Raises DeniedError for who administers only a part of it."""
    require(who, Permission.ADMIN)
    if who.within(Permission.ADMIN) is not None:
        raise DeniedError(f"{who.name} administers a part only.", "Ask an administrator of the whole installation.")


def make_join_token(
    app: Application, who: Principal, *, name: str = "", seconds: int = TOKEN_SECONDS, again: bool = False
) -> tuple[str, JoinToken]:
    """(what the new machine is given, which nobody can read again; what is known of it). It works once, within `seconds`,
    for the machine of that name ('' for any). `again` lets it take the place of a machine of that name that is known
    already. Raises UsageError."""
    _require_all(who)
    require_fresh(app, who)
    if not 0 < seconds <= LONGEST_SECONDS:
        raise UsageError("A join token is good for at most 30 days.", "Make it for less: an hour is enough to join.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError("That is no name of a machine.", "Give its host name, as `hostname` prints it there.")
    if again and not name:
        raise UsageError("A token that takes a known machine's place is bound to its name.", "Say --name with --again.")
    now, secret = app.clock.now(), secrets.token_hex(32)
    token = JoinToken(
        id=secrets.token_hex(6),
        digest=digest_of(secret),
        role=MemberRole.NODE,
        name=name,
        again=again,
        created=now,
        created_by=who.name,
        expires=now + seconds * 10**9,
    )
    with app.store.transaction():
        app.store.put_join_token(token)
        note(app, who, "join-token.new", token.id, f"name={name or '*'} seconds={seconds} again={again}")
    return f"{TOKEN_START}.{token.id}.{secret}.{authority_of(app).known()[0].fingerprint}", token


def list_join_tokens(app: Application, who: Principal) -> Sequence[JoinToken]:
    """The newest first, those that are used, over or revoked too."""
    _require_all(who)
    return app.store.join_tokens()


def revoke_join_token(app: Application, who: Principal, token_id: str) -> JoinToken:
    """Nobody joins by it any more; who did stays. Raises NotFoundError."""
    _require_all(who)
    with app.store.transaction():
        token = app.store.join_token(token_id)
        if token is None:
            raise NotFoundError(f"There is no join token {token_id[:64]!r}.", "`periderm join-token list` shows all.")
        token = msgspec.structs.replace(token, revoked=token.revoked or app.clock.now())
        app.store.put_join_token(token)
        note(app, who, "join-token.revoke", token.id)
    return token


def list_nodes(app: Application, who: Principal) -> Sequence[JoinedNode]:
    """All that joined, by name."""
    _require_all(who)
    return app.store.joined_nodes()


def revoke_node(app: Application, who: Principal, named: str) -> JoinedNode:
    """From its next request on nothing is taken from it and nothing told to it, on connections that are open too; it may
    join again by a token that says so. `named` is its id or its name. Raises NotFoundError, UsageError for a name that
    several have."""
    _require_all(who)
    with app.store.transaction():
        known = app.store.joined_node(named)
        found = [known] if known is not None else [node for node in app.store.joined_nodes() if node.name == named]
        if not found:
            raise NotFoundError(f"No machine {named[:64]!r} has joined.", "`periderm node list` shows all.")
        if len(found) > 1:
            raise UsageError(f"{len(found)} machines are named {named!r}.", "Name it by its id: `periderm node list`.")
        node = found[0]
        if not node.revoked:
            node = msgspec.structs.replace(node, revoked=app.clock.now(), revoked_by=who.name)
            app.store.put_joined_node(node)
        note(app, who, "node.revoke", node.node_id, node.name)
    return node


def join(app: Application, asked: JoinRequest, address: str = "") -> Membership:
    """A machine takes up its token and gets its first certificate. Raises DeniedError, FormatError (the request for a
    certificate); then the token is as good as before."""
    authority, now = authority_of(app), app.clock.now()
    with app.store.transaction():
        token = _token(app, asked, now)
        if not _NODE_ID.fullmatch(asked.node_id) or len(asked.name) > LONGEST_NAME or not asked.name.isprintable():
            raise DeniedError("That is no identity of a machine.", "Run the same version on both machines.")
        if token.name and token.name != asked.name:
            raise DeniedError(
                f"The join token is for a machine named {token.name!r}, not {asked.name!r}.", "Make one for this machine."
            )
        _place_is_free(app, token, asked)
        said, peer = authority.issue(asked.request, asked.node_id, asked.name, now, app.settings.certificate_seconds)
        for before in app.store.certificates(asked.node_id):
            app.store.put_certificate(msgspec.structs.replace(before, replaced=1))
        app.store.put_join_token(msgspec.structs.replace(token, used=now, used_by=asked.node_id))
        app.store.put_joined_node(
            JoinedNode(node_id=asked.node_id, name=asked.name, joined=now, token_id=token.id, version=asked.version[:64])
        )
        app.store.put_certificate(issued(peer))
        note(app, f"join-token:{token.id}", "node.join", asked.node_id, f"name={asked.name} from={address}")
    return Membership(
        certificate=said, authorities=authority.certificates(), seconds=app.settings.certificate_seconds, time=now
    )


def issued(peer: Peer) -> IssuedCertificate:
    """As the store keeps it."""
    return IssuedCertificate(
        serial=peer.serial, node_id=peer.node_id, authority=peer.authority, since=peer.since, until=peer.until
    )


def _token(app: Application, asked: JoinRequest, now: int) -> JoinToken:
    """The token, if its secret is right and it is still good. Who does not know the secret learns nothing of it."""
    token = app.store.join_token(asked.token_id[:64])
    known = hmac.compare_digest(digest_of(asked.secret[:128]), token.digest if token is not None else "")
    if token is None or not known:
        raise _NOT_KNOWN
    for over, why in ((token.used, "was used already"), (token.revoked, "was revoked"), (now >= token.expires, "is too old")):
        if over:
            raise DeniedError(f"The join token {why}.", "Make another with `periderm join-token new`.")
    return token


def _place_is_free(app: Application, token: JoinToken, asked: JoinRequest) -> None:
    """Nobody takes another machine's place by saying its id."""
    joined, asset = app.store.joined_node(asked.node_id), app.store.asset(asked.node_id)
    if joined is None and asset is None:
        return
    name = joined.name if joined is not None else asset.hostname if isinstance(asset, Node) else ""
    if not token.again or token.name != name:
        raise DeniedError(
            f"A machine with this identity is known already, as {name!r}.",
            "If it is the same, make a token with --again and its --name; a copied machine needs a machine-id of its own.",
        )


def list_authorities(app: Application, who: Principal) -> Sequence[AuthorityInfo]:
    """The server's own certificate authorities, the one that issues first."""
    _require_all(who)
    return authority_of(app).known()


def authority_certificates(app: Application) -> tuple[str, ...]:
    """In PEM, of all that may have signed the server's. No secret: whoever comes may see them."""
    return authority_of(app).certificates()


def roll_authority(app: Application, who: Principal) -> AuthorityInfo:
    """A new one issues from now on; those before stay trusted until they are retired."""
    require_confirmed(app, who)
    made = authority_of(app).roll(app.clock.now())
    note(app, who, "authority.roll", made.fingerprint)
    return made


def retire_authority(app: Application, who: Principal, fingerprint: str, *, force: bool = False) -> AuthorityInfo:
    """It is trusted no more. Raises UsageError as long as machines depend on it, unless `force`: they have to join again."""
    require_confirmed(app, who)
    authority = authority_of(app)
    found = [each for each in authority.known() if each.fingerprint.startswith(fingerprint.lower())]
    if not force and len(found) == 1:
        held = [node.name for node in app.store.joined_nodes() if not node.revoked and _held_by(app, node, found[0])]
        if held:
            some = ", ".join(held[:5]) + (" …" if len(held) > 5 else "")
            raise UsageError(
                f"{len(held)} machines know no newer authority yet: {some}.",
                "They do when they have renewed their certificate; --force lets them join again.",
            )
    gone = authority.retire(fingerprint)
    note(app, who, "authority.retire", gone.fingerprint)
    return gone


def _held_by(app: Application, node: JoinedNode, authority: AuthorityInfo) -> bool:
    """Whether the newest certificate that a node used is this authority's: then it was told of no newer one."""
    used = [each for each in app.store.certificates(node.node_id) if each.used]
    return bool(used) and used[0].authority == authority.fingerprint
