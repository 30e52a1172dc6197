"""Who may join, by which token, until when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.membership_local.keys import new_key
from periderm.app.application import Application
from periderm.app.fleet import (
    join,
    list_authorities,
    list_join_tokens,
    list_nodes,
    make_join_token,
    retire_authority,
    revoke_join_token,
    revoke_node,
    roll_authority,
)
from periderm.model.errors import ConnectError, DeniedError, FormatError, NotFoundError, UsageError
from periderm.model.fleet import JoinRequest
from periderm.model.identity import node_id
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal, Reach
from periderm.model.query import Query
from tests.fleets import Machine, MovedClock, application, close

READER = Principal("user:reader", frozenset({Permission.READ}))
PART = Principal("user:part", frozenset({Permission.ADMIN}), scope=((Permission.ADMIN, Reach(application="shop")),))


@pytest.fixture
def clock() -> MovedClock:
    """The server's."""
    return MovedClock()


@pytest.fixture
def app(tmp_path: Path, clock: MovedClock) -> Iterator[Application]:
    """The server's application."""
    made = application(tmp_path / "server", clock)
    yield made
    close(made)


def asked(token: str, name: str = "web-1", **more: str) -> JoinRequest:
    """What the machine of that name says."""
    _, token_id, secret, _ = token.split(".")
    given = {"token_id": token_id, "secret": secret, "node_id": node_id(name), "name": name, "request": new_key("n")[1]}
    return msgspec.convert(given | more, JoinRequest)


def test_the_secret_is_kept_nowhere(app: Application) -> None:
    """The store has a digest of it, the audit log not even that."""
    text, token = make_join_token(app, LOCAL_ADMIN, name="web-1")
    secret = text.split(".")[2]
    assert secret not in repr(list_join_tokens(app, LOCAL_ADMIN))
    assert secret not in repr(app.store.audit_entries(Query()))
    assert app.store.audit_entries(Query()).items[0].subject == token.id


def test_a_token_is_bound_to_a_name(app: Application) -> None:
    """Another machine is refused, and the token is as good as before for the one that it is of."""
    token, _ = make_join_token(app, LOCAL_ADMIN, name="web-1")
    with pytest.raises(DeniedError, match="for a machine named 'web-1'"):
        join(app, asked(token, "web-2"))
    assert join(app, asked(token, "web-1")).seconds == 24 * 3600
    assert [node.name for node in list_nodes(app, LOCAL_ADMIN)] == ["web-1"]


def test_a_token_ends(app: Application, clock: MovedClock) -> None:
    """By its time, or when it is revoked."""
    old, _ = make_join_token(app, LOCAL_ADMIN, seconds=60)
    revoked, known = make_join_token(app, LOCAL_ADMIN)
    revoke_join_token(app, LOCAL_ADMIN, known.id)
    clock.sleep(61)
    with pytest.raises(DeniedError, match="is too old"):
        join(app, asked(old))
    with pytest.raises(DeniedError, match="was revoked"):
        join(app, asked(revoked))
    with pytest.raises(NotFoundError):
        revoke_join_token(app, LOCAL_ADMIN, "none")
    assert list_nodes(app, LOCAL_ADMIN) == []


def test_nobody_takes_another_machines_place(app: Application) -> None:
    """Not with a good token of his own; with one that says so, bound to the name, the machine itself may come again, and what
    it had before counts no more."""
    first, _ = make_join_token(app, LOCAL_ADMIN, name="web-1")
    join(app, asked(first))
    (before,) = app.store.certificates(node_id("web-1"))
    thief, _ = make_join_token(app, LOCAL_ADMIN, name="thief")
    with pytest.raises(DeniedError, match="is known already, as 'web-1'"):
        join(app, asked(thief, "thief", node_id=node_id("web-1")))
    other, _ = make_join_token(app, LOCAL_ADMIN, name="other", again=True)
    with pytest.raises(DeniedError, match="is known already"):
        join(app, asked(other, "other", node_id=node_id("web-1")))
    again, _ = make_join_token(app, LOCAL_ADMIN, name="web-1", again=True)
    join(app, asked(again))
    assert app.store.certificate(before.serial) is not None
    assert [bool(each.replaced) for each in app.store.certificates(node_id("web-1"))].count(True) == 1


def test_the_servers_own_machine_cannot_be_joined_as(app: Application, tmp_path: Path) -> None:
    """Nor any other that is known though it never joined."""
    machine = Machine(tmp_path, "web-1", "https://s:1")
    app.store.put_assets([machine.node])
    token, _ = make_join_token(app, LOCAL_ADMIN)
    with pytest.raises(DeniedError, match="known already, as 'web-1'"):
        join(app, asked(token))


@pytest.mark.parametrize("wrong", [{"node_id": "node-1"}, {"node_id": "../x"}, {"name": "a\nb"}, {"name": "x" * 300}])
def test_what_is_no_identity_is_refused(app: Application, wrong: dict[str, str]) -> None:
    """And the token stays good."""
    token, _ = make_join_token(app, LOCAL_ADMIN)
    with pytest.raises(DeniedError, match="no identity"):
        join(app, asked(token, **wrong))
    with pytest.raises(FormatError):
        join(app, asked(token, request="nonsense"))
    join(app, asked(token))


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"seconds": 31 * 86400}, {"name": "x" * 300}, {"again": True}])
def test_tokens_that_are_not_made(app: Application, wrong: dict[str, int]) -> None:
    """Too long, for no name, or for the place of anybody."""
    with pytest.raises(UsageError):
        make_join_token(app, LOCAL_ADMIN, **wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_only_administrators_let_machines_in_and_out(app: Application) -> None:
    """Who may look may not change, and not see tokens."""
    for call in (
        lambda: make_join_token(app, READER),
        lambda: list_join_tokens(app, READER),
        lambda: revoke_node(app, READER, "web-1"),
        lambda: roll_authority(app, READER),
        lambda: retire_authority(app, READER, "ab"),
        lambda: list_authorities(app, READER),
        lambda: list_nodes(app, READER),
        lambda: list_nodes(app, PART),
        lambda: make_join_token(app, PART),
    ):
        with pytest.raises(DeniedError):
            call()


def test_a_machine_is_revoked_by_its_id_or_its_name(app: Application) -> None:
    """A name that two have names neither."""
    for name, identity in (("web", "a"), ("web", "b"), ("db", "c")):
        token, _ = make_join_token(app, LOCAL_ADMIN)
        join(app, asked(token, name, node_id=node_id(identity)))
    assert revoke_node(app, LOCAL_ADMIN, "db").revoked
    with pytest.raises(UsageError, match="2 machines are named"):
        revoke_node(app, LOCAL_ADMIN, "web")
    assert revoke_node(app, LOCAL_ADMIN, node_id("a")).revoked_by == "local"
    with pytest.raises(NotFoundError):
        revoke_node(app, LOCAL_ADMIN, "mail")


def test_without_an_authority_nobody_joins(app: Application) -> None:
    """A server that answers no agents says so."""
    with pytest.raises(ConnectError):
        make_join_token(msgspec.structs.replace(app, authority=None), LOCAL_ADMIN)


def test_an_authority_is_retired_when_nobody_depends_on_it(app: Application, clock: MovedClock) -> None:
    """Unless that is forced."""
    token, _ = make_join_token(app, LOCAL_ADMIN)
    join(app, asked(token))
    (certificate,) = app.store.certificates(node_id("web-1"))
    app.store.put_certificate(msgspec.structs.replace(certificate, used=clock.now()))
    old = list_authorities(app, LOCAL_ADMIN)[0].fingerprint
    roll_authority(app, LOCAL_ADMIN)
    with pytest.raises(UsageError, match="web-1"):
        retire_authority(app, LOCAL_ADMIN, old)
    retire_authority(app, LOCAL_ADMIN, old, force=True)
    assert len(list_authorities(app, LOCAL_ADMIN)) == 1
    assert [entry.action for entry in app.store.audit_entries(Query(kind="authority.")).items] == [
        "authority.retire",
        "authority.roll",
    ]
