"""What every plug promises of passwords (see `periderm/ports/passwords.py`)."""

from __future__ import annotations

import pytest

from periderm.adapters.passwords_argon2 import Argon2Passwords
from periderm.ports.passwords import Passwords


@pytest.fixture(params=[lambda: Argon2Passwords(memory_kib=64, passes=1, lanes=1)], ids=["argon2"])
def passwords(request: pytest.FixtureRequest) -> Passwords:
    """A plug, made quick."""
    made: Passwords = request.param()
    return made


def test_a_hash_knows_its_password(passwords: Passwords) -> None:
    """And tells nothing of it; nothing else fits."""
    hashed = passwords.hash("a long sentence")
    assert "long" not in hashed
    assert passwords.verify(hashed, "a long sentence")
    assert not passwords.verify(hashed, "a long sentenc")
    assert not passwords.verify("", "")
    assert not passwords.verify("no hash at all", "no hash at all")
    assert not passwords.stale(hashed)
    assert passwords.stale("no hash at all")
