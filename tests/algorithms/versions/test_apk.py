"""Promises of Alpine's order. Debian has no apk: the expectations follow its source, which says how tokens compare."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import apk


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("1.0_alpha", "1.0_beta"), ("1.0_beta9", "1.0_beta10"), ("1.0_pre", "1.0_rc"), ("1.0_rc1", "1.0"), ("1.0", "1.0_cvs"),
        ("1.0_svn", "1.0_git"), ("1.0_hg", "1.0_p"), ("1.0_p", "1.0_p1"), ("1.0_p1", "1.0a"), ("1.0", "1.0-r0"),
        ("1.0-r9", "1.0-r10"), ("1.0-r5", "1.0_p0"), ("1.0_alpha", "1.0_alpha_p1"), ("1.0_alpha_rc1", "1.0_alpha"),
        ("1.0a", "1.0b"), ("1.0z", "1.0.0"), ("1.0.09", "1.0.1"), ("1.0.01", "1.0.010"), ("1.0.0", "1.0.00"), ("1.9", "1.10"),
        ("1.2~aa", "1.2~ab"), ("1.2~aa", "1.2_p1"), ("1.2-r1", "1.2~aa"), ("1.2", "1.2~aa"), ("2", "10"),
    ],
)  # fmt: skip
def test_tokens_stand_in_apks_order(lower: str, upper: str) -> None:
    """Suffixes before and after the release, letters, numbers with leading zeros as text, hashes, revisions."""
    assert apk.key(lower) < apk.key(upper)


def test_only_the_first_number_forgives_zeros() -> None:
    """'01' is 1 at the beginning; later a leading zero is less than any other digit."""
    assert apk.key("01.2") == apk.key("1.2")
    assert apk.key("1.02") < apk.key("1.1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1.2.3a_rc1_p2~0aF-r3", True), ("1", True), ("", False), ("a", False), ("1.", False), ("1..2", False), ("1a2", False),
        ("1a.2", False), ("1_foo", False), ("1-r", False), ("1-1", False), ("1-r1_p1", False), ("1~xyz", False), ("1 ", False),
        ("1ab", False), ("1~a~b", False), ("1_p", True),
    ],
)  # fmt: skip
def test_valid_follows_the_grammar(text: str, told: bool) -> None:
    """digits{.digits}{letter}{_suffix{digits}}{~hash}{-rN}, each only after what it may follow."""
    assert apk.valid(text) is told


def test_a_wrong_end_counts_as_one_mark() -> None:
    """What apk cannot parse is below the same version with an end, wherever it goes on."""
    assert apk.key("1.0x!") == apk.key("1.0x?!")
    assert apk.key("1.0!") < apk.key("1.0")
