"""What the server shows: made anew in time, and by a new authority at once."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.authority_local.certificates import SERVER_NAME
from periderm.adapters.authority_local.tls import GivenTls, ServerTls
from periderm.model.errors import UsageError
from tests.fleets import MovedClock


def shown(server: ssl.SSLContext, authorities: tuple[str, ...]) -> bytes:
    """The server's certificate, after a handshake in memory. Raises ssl.SSLError."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata="\n".join(authorities))
    a_in, a_out, b_in, b_out = (ssl.MemoryBIO() for _ in range(4))
    ours = client.wrap_bio(a_in, a_out, server_hostname=SERVER_NAME)
    theirs = server.wrap_bio(b_in, b_out, server_side=True)
    for _ in range(10):
        done = 0
        for side, out, into in ((ours, a_out, b_in), (theirs, b_out, a_in)):
            try:
                side.do_handshake()
                done += 1
            except ssl.SSLWantReadError:
                pass
            into.write(out.read())
        if done == 2:
            break
    assert ours.version() == "TLSv1.3"
    return ours.getpeercert(binary_form=True) or b""


def test_it_is_renewed_at_half_of_its_life(tmp_path: Path) -> None:
    """Who connects then is shown the new one, on the same context."""
    clock = MovedClock()
    authority = LocalAuthority(str(tmp_path / "ca"), clock.now())
    tls = ServerTls(authority, (), clock.now, life=timedelta(hours=4))
    first = shown(tls.context, authority.certificates())
    assert not tls.refresh()
    assert shown(tls.context, authority.certificates()) == first
    clock.sleep(3600 * 2 + 1)
    assert tls.refresh()
    assert shown(tls.context, authority.certificates()) != first


def test_a_new_authority_is_shown_at_once_and_the_old_one_still_leads_to_it(tmp_path: Path) -> None:
    """Who trusts the old one only, who trusts both, and who trusts the new one only: all come in. After the old one is retired,
    who knows no other does not."""
    clock = MovedClock()
    authority = LocalAuthority(str(tmp_path / "ca"), clock.now())
    old = authority.certificates()
    tls = ServerTls(authority, (), clock.now)
    first = shown(tls.context, old)
    authority.roll(clock.now())
    assert tls.refresh()
    new = authority.certificates()
    for trusted in (old, new, new[:1]):
        assert shown(tls.context, trusted) != first
    authority.retire(authority.known()[1].fingerprint)
    assert tls.refresh()
    assert shown(tls.context, authority.certificates())
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(tls.context, old)


def test_nothing_below_tls_1_3(tmp_path: Path) -> None:
    """Both ends are ours."""
    clock = MovedClock()
    tls = ServerTls(LocalAuthority(str(tmp_path / "ca"), clock.now()), (), clock.now)
    assert tls.context.minimum_version is ssl.TLSVersion.TLSv1_3


def test_a_certificate_that_a_person_brought_is_read_again(tmp_path: Path) -> None:
    """When its files change; what cannot be used is said, and the one before stays."""
    clock = MovedClock()
    authority = LocalAuthority(str(tmp_path / "ca"), clock.now())
    ServerTls(authority, (), clock.now, name="given", nodes=False)
    certificate, key = tmp_path / "ca" / "given.pem", tmp_path / "ca" / "given.key"
    tls = GivenTls(str(certificate), str(key))
    first = shown(tls.context, authority.certificates())
    assert not tls.refresh()
    ServerTls(authority, (), clock.now, name="given", nodes=False)
    assert tls.refresh()
    second = shown(tls.context, authority.certificates())
    assert second != first
    certificate.write_text("nonsense")
    with pytest.raises(UsageError, match="cannot be used"):
        tls.refresh()
    assert shown(tls.context, authority.certificates()) == second
    with pytest.raises(UsageError, match="cannot be used"):
        GivenTls(str(tmp_path / "none.pem"), "")


def test_each_says_what_it_shows(tmp_path: Path) -> None:
    """Until when, and when it is renewed by itself: by hand where a person brought it."""
    clock = MovedClock()
    authority = LocalAuthority(str(tmp_path / "ca"), clock.now())
    tls = ServerTls(authority, ("periderm.example",), clock.now, name="console", nodes=False, life=timedelta(hours=4))
    told = tls.info
    assert (told.name, told.names, told.own) == ("console", ("periderm.example",), True)
    assert told.since < told.renewed < told.until <= clock.now() + 4 * 3600 * 10**9
    given = GivenTls(str(tmp_path / "ca" / "console.pem"), str(tmp_path / "ca" / "console.key"))
    assert (given.info.own, given.info.renewed, given.info.until) == (False, 0, told.until)
    clock.sleep(3600 * 3)
    assert tls.refresh()
    assert tls.info.until > told.until
    assert given.info.until == told.until
    assert given.refresh()
    assert given.info.until == tls.info.until
