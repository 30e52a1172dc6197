"""Who asks with a certificate: each request anew."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.membership_local.keys import new_key
from periderm.app.application import Application
from periderm.app.fleet import authority_of, join, make_join_token, revoke_node
from periderm.app.members import LATE_NS, REPLACED_NS, member, renew
from periderm.model.errors import DeniedError
from periderm.model.fleet import RenewRequest
from periderm.model.gap import GapKind
from periderm.model.identity import node_id
from periderm.model.principal import LOCAL_ADMIN, Permission
from periderm.model.query import Query
from tests.app.test_fleet import asked
from tests.fleets import DAY, MovedClock, application, close

NODE = node_id("web-1")


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


def joined(app: Application, *, again: bool = False) -> bytes:
    """The machine's certificate, as TLS shows it."""
    token, _ = make_join_token(app, LOCAL_ADMIN, name="web-1", again=again)
    return ssl.PEM_cert_to_DER_cert(join(app, asked(token)).certificate)


def renewed(app: Application, certificate: bytes) -> bytes:
    """The next one."""
    who = member(app, certificate, renewing=True)
    return ssl.PEM_cert_to_DER_cert(renew(app, who, RenewRequest(request=new_key("n")[1], version="2")).certificate)


def test_a_node_may_send_and_nothing_else(app: Application) -> None:
    """It is bound to its id, and reads no list of anything."""
    who = member(app, joined(app))
    assert (who.node_id, who.permissions) == (NODE, frozenset({Permission.INGEST}))


def test_the_one_before_counts_until_the_next_is_used(app: Application, clock: MovedClock) -> None:
    """Then for five minutes more; who comes with it later has copied it, and a gap says so."""
    first = joined(app)
    second = renewed(app, first)
    clock.sleep(3600)
    assert member(app, first).node_id == NODE
    assert member(app, second).node_id == NODE
    assert member(app, first).node_id == NODE
    clock.sleep(REPLACED_NS / 1e9 + 1)
    assert app.store.gaps(Query(kind=GapKind.IDENTITY_COPIED.value)).total == 0
    with pytest.raises(DeniedError, match="was replaced"):
        member(app, first)
    with pytest.raises(DeniedError, match="was replaced"):
        member(app, first, renewing=True)
    (gap,) = app.store.gaps(Query(kind=GapKind.IDENTITY_COPIED.value)).items
    assert gap.asset_id == NODE
    with pytest.raises(DeniedError, match="was replaced"):
        member(app, first)
    assert app.store.gaps(Query(kind=GapKind.IDENTITY_COPIED.value)).items == (gap,)
    assert member(app, second).node_id == NODE
    node = app.store.joined_node(NODE)
    assert node is not None
    assert node.version == "2"


def test_an_ended_one_only_renews(app: Application, clock: MovedClock) -> None:
    """For a month."""
    first = joined(app)
    clock.sleep(DAY / 1e9)
    with pytest.raises(DeniedError, match="has ended"):
        member(app, first)
    assert member(app, renewed(app, first)).node_id == NODE
    clock.sleep((LATE_NS + DAY) / 1e9)
    with pytest.raises(DeniedError, match="has ended"):
        member(app, first, renewing=True)


def test_a_revoked_node_is_nobody_until_it_joins_again(app: Application) -> None:
    """And then by its new certificate only."""
    first = joined(app)
    member(app, first)
    revoke_node(app, LOCAL_ADMIN, "web-1")
    for renewing in (False, True):
        with pytest.raises(DeniedError, match="was revoked"):
            member(app, first, renewing=renewing)
    second = joined(app, again=True)
    assert member(app, second).node_id == NODE
    with pytest.raises(DeniedError, match="was replaced"):
        member(app, first)


def test_no_certificate_or_a_strangers_is_nobodys(app: Application, tmp_path: Path, clock: MovedClock) -> None:
    """Nor one of another installation."""
    other = application(tmp_path / "other", clock)
    try:
        for shown in (b"", b"nonsense", joined(other)):
            with pytest.raises(DeniedError, match="needs a certificate"):
                member(app, shown)
    finally:
        close(other)


def test_a_restored_store_knows_its_machines_again(app: Application, tmp_path: Path, clock: MovedClock) -> None:
    """What was issued after the backup was made is still ours: the machine is taken in, and noted."""
    certificate = joined(app)
    member(app, certificate)
    restored = application(tmp_path / "restored", clock)
    restored = msgspec.structs.replace(restored, authority=authority_of(app))
    try:
        assert member(restored, certificate).node_id == NODE
        assert restored.store.joined_node(NODE) is not None
        assert [e.action for e in restored.store.audit_entries(Query()).items] == ["node.known-again"]
    finally:
        close(restored)


def test_only_nodes_renew(app: Application) -> None:
    """A person has no certificate."""
    with pytest.raises(DeniedError):
        renew(app, LOCAL_ADMIN, RenewRequest(request=new_key("n")[1]))
