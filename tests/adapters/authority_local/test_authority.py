"""The authority over its folder: made once, rolled over, retired; another process sees what this one does."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.membership_local.keys import new_key
from periderm.model.errors import UsageError

NOW = 1_795_600_000 * 10**9
NODE = "node-0123456789abcdef01234567"


def test_it_is_made_once_and_its_keys_are_its_owners_alone(tmp_path: Path) -> None:
    """Two processes that open the folder have the same authority; nobody else reads a key."""
    first, second = LocalAuthority(str(tmp_path / "ca"), NOW), LocalAuthority(str(tmp_path / "ca"), NOW + 1)
    assert first.known() == second.known()
    assert [each.issues for each in first.known()] == [True]
    assert stat.S_IMODE((tmp_path / "ca").stat().st_mode) == 0o700
    for path in (tmp_path / "ca").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_after_a_roll_both_are_trusted_until_one_is_retired(tmp_path: Path) -> None:
    """What either issued counts; after the older is retired, only what the newer issued does."""
    authority, elsewhere = (LocalAuthority(str(tmp_path / "ca"), NOW) for _ in range(2))
    before = der(elsewhere.issue(new_key(NODE)[1], NODE, "n", NOW, 60)[0])
    old = authority.known()[0]
    new = authority.roll(NOW + 5)
    after = der(elsewhere.issue(new_key(NODE)[1], NODE, "n", NOW, 60)[0])
    assert [each.fingerprint for each in elsewhere.known()] == [new.fingerprint, old.fingerprint]
    for shown, by in ((before, old), (after, new)):
        peer = elsewhere.peer(shown)
        assert peer is not None
        assert peer.authority == by.fingerprint
    assert len(elsewhere.chain()) == 1
    with pytest.raises(UsageError, match="issues certificates now"):
        authority.retire(new.fingerprint)
    with pytest.raises(UsageError, match="No one authority"):
        authority.retire("ffffffff")
    assert authority.retire(old.fingerprint[:12]).fingerprint == old.fingerprint
    assert elsewhere.peer(before) is None
    assert elsewhere.peer(after) is not None
    assert elsewhere.chain() == ()
    assert not list((tmp_path / "ca").glob(f"{old.fingerprint}*"))


def test_a_middle_one_can_go_and_the_oldest_still_vouches(tmp_path: Path) -> None:
    """Of three, without the middle one, whoever trusts the oldest still comes to the newest."""
    authority = LocalAuthority(str(tmp_path / "ca"), NOW)
    authority.roll(NOW)
    authority.roll(NOW)
    newest, middle, oldest = authority.known()
    authority.retire(middle.fingerprint)
    assert [each.fingerprint for each in authority.known()] == [newest.fingerprint, oldest.fingerprint]
    assert len(authority.chain()) == 1


def test_what_others_may_read_is_no_key(tmp_path: Path) -> None:
    """A folder or key with wider rights is refused, with what to do."""
    LocalAuthority(str(tmp_path / "ca"), NOW).known()
    (key,) = (tmp_path / "ca").glob("*.key")
    key.chmod(0o640)
    with pytest.raises(UsageError, match="not this user's alone"):
        LocalAuthority(str(tmp_path / "ca"), NOW).known()
    key.chmod(0o600)
    (tmp_path / "ca").chmod(0o755)
    with pytest.raises(UsageError, match="not this user's alone"):
        LocalAuthority(str(tmp_path / "ca"), NOW).known()


def der(text: str) -> bytes:
    """A certificate in PEM as TLS shows it."""
    import ssl

    return ssl.PEM_cert_to_DER_cert(text)
