"""Promises of the order of recognised programs."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import generic


@pytest.mark.parametrize(
    "ascending",
    [
        ["3.12.0a1", "3.12.0b1", "3.12.0rc1", "3.12.0", "3.12.1"],  # Python
        ["15.4", "16beta1", "16rc1", "16.0", "16.1"],  # PostgreSQL
        ["1.0.2", "1.0.2a", "1.0.2k", "1.0.2za", "1.1.0"],  # OpenSSL
        ["9.6", "9.6p1", "9.6p2", "9.7"],  # OpenSSH
        ["1.8.0_392", "1.8.0_402", "11.0.2+9", "11.0.2+10"],  # Java
        ["8.0.0-dev", "8.0.0alpha3", "8.0.0beta1", "8.0.0RC1", "8.0.0"],  # PHP
        ["2.6-dev3", "2.6-dev10", "2.6.0", "2.6.14"],  # HAProxy
        ["7.0~rc1", "7.0-rc1", "7.0", "7.0-5-gabcdef"],  # marks of packagers, git describe
    ],
)  # fmt: skip
def test_programs_name_their_releases_so(ascending: list[str]) -> None:
    """Each in the order in which it was released."""
    keys = [generic.key(v) for v in ascending]
    assert keys == sorted(set(keys))


def test_prefixes_case_and_trailing_zeros_do_not_count() -> None:
    """'v1.2', 'V1.2.0', 'jdk-1.2' and 'release-1.2' are one."""
    assert len({generic.key(v) for v in ("1.2", "v1.2", "V1.2.0", "jdk-1.2", "release-1.2", " 1.2 ")}) == 1


@pytest.mark.parametrize(("text", "told"), [("1", True), ("v2", True), ("main", False), ("", False)])
def test_valid_needs_a_number(text: str, told: bool) -> None:
    """A word orders nothing."""
    assert generic.valid(text) is told
