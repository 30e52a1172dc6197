"""Every store of machines, and every authority, keeps what its port promises."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.membership_local.keys import new_key
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import FormatError, UsageError
from periderm.model.fleet import IssuedCertificate, JoinedNode, JoinToken
from periderm.ports.fleet import Authority, FleetStore
from tests.ports.plugs import CountingClock

NOW = 1_795_600_000 * 10**9
NODE = "node-0123456789abcdef01234567"
AUTHORITIES: dict[str, Callable[[Path], Authority]] = {"local": lambda folder: LocalAuthority(str(folder / "ca"), NOW)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FleetStore]:
    """Empty."""
    made = SqlStore(str(tmp_path / "db"), CountingClock())
    yield made
    made.close()


@pytest.fixture(params=AUTHORITIES)
def authority(request: pytest.FixtureRequest, tmp_path: Path) -> Authority:
    """A new one."""
    return AUTHORITIES[request.param](tmp_path)


def test_a_put_replaces(store: FleetStore) -> None:
    """Tokens, nodes and certificates, by their ids."""
    token = JoinToken(id="t", digest="d", created=1)
    node = JoinedNode(node_id="n", name="web")
    certificate = IssuedCertificate(serial="s", node_id="n", authority="a", since=1, until=2)
    for _ in range(2):
        store.put_join_token(token)
        store.put_joined_node(node)
        store.put_certificate(certificate)
    store.put_join_token(msgspec.structs.replace(token, used=5))
    store.put_joined_node(msgspec.structs.replace(node, revoked=6))
    store.put_certificate(msgspec.structs.replace(certificate, replaced=7))
    assert [each.used for each in store.join_tokens()] == [5]
    assert [each.revoked for each in store.joined_nodes()] == [6]
    assert [each.replaced for each in store.certificates("n")] == [7]
    assert store.remove_certificates(2) == 0
    assert store.remove_certificates(3) == 1
    assert store.certificate("s") is None


def test_an_authority_knows_what_it_issued(authority: Authority) -> None:
    """Exactly one issues, its certificate comes first; and nobody is known who was not issued one."""
    said, peer = authority.issue(new_key(NODE)[1], NODE, "web", NOW, 60)
    found = authority.peer(ssl.PEM_cert_to_DER_cert(said))
    assert found is not None
    assert (found.serial, found.node_id, found.authority) == (peer.serial, NODE, authority.known()[0].fingerprint)
    assert [each.issues for each in authority.known()] == [True]
    assert len(authority.certificates()) == 1
    assert authority.peer(b"nonsense") is None
    with pytest.raises(FormatError):
        authority.issue("nonsense", NODE, "web", NOW, 60)


def test_a_roll_and_a_retirement(authority: Authority) -> None:
    """The new one issues, the old one is trusted until it is retired; the one that issues cannot be."""
    said, _ = authority.issue(new_key(NODE)[1], NODE, "web", NOW, 60)
    old = authority.known()[0]
    new = authority.roll(NOW)
    assert [each.fingerprint for each in authority.known()] == [new.fingerprint, old.fingerprint]
    assert authority.peer(ssl.PEM_cert_to_DER_cert(said)) is not None
    with pytest.raises(UsageError):
        authority.retire(new.fingerprint)
    authority.retire(old.fingerprint)
    assert authority.peer(ssl.PEM_cert_to_DER_cert(said)) is None
