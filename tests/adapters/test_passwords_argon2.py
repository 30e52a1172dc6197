"""Passwords by argon2id."""

from __future__ import annotations

import pytest

from periderm.adapters.passwords_argon2 import LANES, MEMORY_KIB, PASSES, Argon2Passwords


@pytest.fixture
def passwords() -> Argon2Passwords:
    """Quick ones, which all else is the same of."""
    return Argon2Passwords(memory_kib=64, passes=1, lanes=1)


@pytest.mark.parametrize("text", ["correct horse battery", "密码很长很长很长", "a\x00b" * 9, "\udc80" * 12, "x" * 1024])
def test_the_right_one_and_no_other(passwords: Argon2Passwords, text: str) -> None:
    """Of any characters; the same one twice is two hashes."""
    hashed = passwords.hash(text)
    assert passwords.verify(hashed, text)
    assert not passwords.verify(hashed, text + "x")
    assert not passwords.verify(hashed, "")
    assert passwords.hash(text) != hashed


@pytest.mark.parametrize("hashed", ["", "x", "$argon2id$", "$argon2id$v=19$m=99999999999,t=1,p=1$AAAA$AAAA", "\x00"])
def test_what_is_no_hash_lets_nobody_in(passwords: Argon2Passwords, hashed: str) -> None:
    """An account without a password is not one with an empty password."""
    assert not passwords.verify(hashed, "")
    assert not passwords.verify(hashed, "nobody has this password")


def test_the_parameters_are_the_recommended_ones() -> None:
    """RFC 9106, section 4, second option, and weaker hashes are made anew."""
    assert (MEMORY_KIB, PASSES, LANES) == (65536, 3, 4)
    strong, weak = Argon2Passwords(), Argon2Passwords(memory_kib=64, passes=1, lanes=1)
    made = strong.hash("correct horse battery")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not strong.stale(made)
    assert strong.stale(weak.hash("correct horse battery"))
    assert strong.stale("")
