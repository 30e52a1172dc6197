"""How often a password may be tried."""

from __future__ import annotations

import pytest

from periderm.app import sign_in_limits as limits_of
from periderm.app.sign_in_limits import SignInLimits, TooManyError, network_of

SECOND = 10**9


def fail(
    limits: SignInLimits, times: int, name: str = "ada", address: str = "192.0.2.1", device: str = "", now: int = 0
) -> int:
    """Attempts that fail; how many were looked at."""
    for number in range(times):
        try:
            limits.attempt(name, address, device, now)
        except TooManyError:
            return number
    return times


def test_guessing_from_one_place_is_slowed() -> None:
    """Five for a name, then a wait that is told; time heals it."""
    limits = SignInLimits()
    assert fail(limits, 100) == limits_of.FROM_NETWORK_FOR_NAME
    with pytest.raises(TooManyError) as caught:
        limits.attempt("ada", "192.0.2.1", "", 60 * SECOND)
    assert (caught.value.seconds, caught.value.first) == (840, False)
    assert fail(limits, 1, now=901 * SECOND) == 1


def test_others_are_not_locked_out() -> None:
    """Neither the same name from elsewhere, nor another name from there."""
    limits = SignInLimits()
    fail(limits, 100)
    assert fail(limits, 1, address="198.51.100.9") == 1
    assert fail(limits, 1, name="bob") == 1


def test_many_names_from_one_place() -> None:
    """Trying one password with every name is guessing, too."""
    limits = SignInLimits()
    assert sum(fail(limits, 1, name=f"user{n}") for n in range(100)) == limits_of.FROM_NETWORK


def test_many_places_for_one_name_do_not_lock_its_owner_out() -> None:
    """A browser that signed in before has a count of its own; a new one waits."""
    limits = SignInLimits()
    assert sum(fail(limits, 1, address=f"203.0.113.{n}") for n in range(200)) == limits_of.FOR_NAME
    assert fail(limits, 1, address="198.51.100.9") == 0
    assert fail(limits, 100, address="198.51.100.9", device="digest-of-a-cookie") == limits_of.BY_DEVICE
    assert fail(limits, 1, device="another") == 1


def test_who_is_right_in_the_end_begins_anew() -> None:
    """A typing error or two are forgotten; others' attempts stay counted."""
    limits = SignInLimits()
    fail(limits, 4)
    limits.attempt("ada", "192.0.2.1", "", 0)
    limits.passed("ada", "192.0.2.1", "")
    assert fail(limits, 100) == limits_of.FROM_NETWORK_FOR_NAME


def test_only_the_first_refusal_is_worth_a_note() -> None:
    """The log is not filled by whoever guesses."""
    limits = SignInLimits()
    fail(limits, 5)
    firsts = []
    for _ in range(20):
        with pytest.raises(TooManyError) as caught:
            limits.attempt("ada", "192.0.2.1", "", 0)
        firsts.append(caught.value.first)
    assert firsts == [True] + [False] * 19


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up names push out the oldest."""
    monkeypatch.setattr(limits_of, "MOST_COUNTED", 50)
    limits = SignInLimits()
    for number in range(500):
        fail(limits, 1, name=f"user{number}", address=f"2001:db8:{number:x}::1")
    assert len(limits._failed) <= 50


def test_a_network_is_what_one_can_have() -> None:
    """All addresses of an IPv6 /64 are one place, and an IPv4 address is the same in its IPv6 form."""
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("testclient") == "testclient"
