"""Promises of Debian's order: dpkg itself is asked, one process a pair, for the traps."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from periderm.algorithms.versions import deb

TRAPS = [
    ("1.0", "1.0-0"), ("1.0", "1.0-0~"), ("1.0~", "1.0"), ("1.0a", "1.0"), ("1.0-a", "1.0"), ("0:1", "1"), ("1:0", "9"),
    ("1.0-1-1", "1.0-1.1"), ("a", "a0"), ("a0", "a0~"), ("1.", "1"), ("1+", "1-1"), ("1.0~~a", "1.0~"), ("00001", "1"),
    ("1.2.3-1", "1.2.3-1+b1"), ("2.36-9+deb12u10", "2.36-9+deb12u9"), ("1Z", "1a"), ("1.a", "1a"), ("1~1", "1~a"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), TRAPS)
def test_dpkg_agrees(a: str, b: str) -> None:
    """What dpkg --compare-versions says."""
    if shutil.which("dpkg") is None:
        pytest.skip("needs dpkg")
    told = {op: subprocess.run(["dpkg", "--compare-versions", a, op, b], check=False).returncode == 0 for op in ("lt", "eq")}
    assert (deb.key(a) < deb.key(b), deb.key(a) == deb.key(b)) == (told["lt"], told["eq"])


@pytest.mark.parametrize(
    ("text", "told"),
    [("1.0-1", True), ("1:1.0:2-1", True), ("1.0:2", False), ("a1", False), ("", False), ("1.0-", False), ("1_0", False)],
)
def test_valid_is_policy(text: str, told: bool) -> None:
    """Debian policy 5.6.12: begins with a digit, colons only with an epoch, no empty revision."""
    assert deb.valid(text) is told


def test_an_epoch_must_fit() -> None:
    """dpkg keeps epochs in an int."""
    assert deb.valid("2147483647:1")
    assert not deb.valid("2147483648:1")
    assert not deb.valid("9" * 9000 + ":1")
