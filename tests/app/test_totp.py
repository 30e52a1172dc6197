"""One-time codes."""

from __future__ import annotations

import base64

import pytest

from periderm.app import totp

SECOND = 10**9
KEY = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("time", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_of_the_standard(time: int, code: str) -> None:
    """RFC 6238, appendix B, its last six digits."""
    assert totp.code_at(KEY, time // 30) == code
    assert totp.step_of(KEY, code, time * SECOND, 0) == time // 30


def test_a_clock_may_be_off_by_one_step_and_no_more() -> None:
    """Half a minute of slack on both sides."""
    now = 1_000_000 * 30
    for step in range(-3, 4):
        found = totp.step_of(KEY, totp.code_at(KEY, 1_000_000 + step), now * SECOND, 0)
        assert bool(found) == (abs(step) <= 1)


def test_no_code_is_taken_twice() -> None:
    """Whoever looks over a shoulder cannot use it again."""
    now = 1_000_000 * 30 * SECOND
    code = totp.code_at(KEY, 1_000_000)
    step = totp.step_of(KEY, code, now, 0)
    assert step == 1_000_000
    assert totp.step_of(KEY, code, now, step) == 0


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "१२३४५६", "٠٨١٨٠٤", "28708\x00"])
def test_what_is_no_code(code: str) -> None:
    """Digits of other scripts are none."""
    assert totp.step_of(KEY, code, 59 * SECOND, 0) == 0


def test_a_secret_that_is_none() -> None:
    """It lets nobody in, and breaks nothing."""
    assert totp.step_of("not base32!", "287082", 59 * SECOND, 0) == 0


def test_blanks_do_not_matter() -> None:
    """Apps show '287 082'."""
    assert totp.step_of(KEY, "287 082", 59 * SECOND, 0) == 1


def test_recovery_codes_are_many_and_told_apart() -> None:
    """However they are typed; what is kept is not the code."""
    codes = totp.recovery_codes()
    assert len(set(codes)) == totp.RECOVERY_CODES
    for code in codes:
        assert totp.recovery_digest(code.upper().replace("-", " ")) == totp.recovery_digest(code)
        assert code not in totp.recovery_digest(code)


def test_the_address_for_apps() -> None:
    """Names with odd characters cannot add parameters."""
    address = totp.address_of(KEY, "a&secret=b", "h:1")
    assert address.startswith("otpauth://totp/")
    assert address.count("secret=") == 1
