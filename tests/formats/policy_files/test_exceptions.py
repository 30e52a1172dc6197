"""Promises of exceptions in a file: each has a reason, an owner, an end and a scope, or the file is refused with the place."""

from __future__ import annotations

import datetime

import pytest

from periderm.formats.policy_files.exceptions import read_exceptions
from periderm.model.errors import FormatError, RuleError

GOOD = """exceptions:
  - id: quic
    reason: The QUIC listener is not built in.
    owner: web@example.org
    expires: 2026-12-31
    created: 2026-11-22
    scope:
      findings: [CVE-2026-1, CVE-2026-2]
      images: shop/*
      paths: ["/usr/lib/**"]
  - reason: another
    owner: x
    expires: 2027-01-01
    scope: {packages: [openssl]}
"""


def test_a_file_is_read() -> None:
    """An exception holds on its last day, whole, in UTC; without an id it gets one that stays."""
    first, second = read_exceptions(GOOD.encode())
    assert (first.id, first.owner, first.source) == ("quic", "web@example.org", ".periderm/exceptions.yaml")
    assert first.scope.findings == ("CVE-2026-1", "CVE-2026-2")
    assert first.scope.images == ("shop/*",)
    midnight = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC).timestamp()
    assert first.expires == midnight * 10**9
    assert second.id.startswith("exc-")
    assert second.id == read_exceptions(GOOD.encode())[1].id
    assert read_exceptions(b"") == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("    reason: The QUIC listener is not built in.\n", "", 2, "needs 'reason'"),
        ("    owner: web@example.org\n", "", 2, "needs 'owner'"),
        ("    expires: 2026-12-31\n", "", 2, "needs 'expires'"),
        ("    reason: The QUIC listener is not built in.\n", "    reason: ''\n", 3, "a reason is expected"),
        ("expires: 2026-12-31", "expires: never", 5, "no day"),
        ("expires: 2026-12-31", "expires: 2026-13-01", 5, "no day"),
        ("    owner: web", "    ownr: web", 4, "Did you mean 'owner'"),
        ("      images:", "      image:", 9, "Did you mean 'images'"),
        ("scope: {packages: [openssl]}", "scope: {}", 14, "hides everything"),
        ("scope: {packages: [openssl]}", "scope: {packages: []}", 14, "hides everything"),
        ("scope: {packages: [openssl]}", "scope: {packages: ['*']}", 14, "takes everything"),
        ("scope: {packages: [openssl]}", "scope: {packages: {a: b}}", 14, "a list of"),
        ("  - reason: another", "  - id: quic\n    reason: another", 11, "already"),
        ("exceptions:", "exeptions:", 1, "Did you mean 'exceptions'"),
    ],
)
def test_mistakes_are_told_with_line_and_nearest_name(old: str, new: str, line: int, what: str) -> None:
    """No end, no reason, no owner, no scope: refused, not taken for 'for ever' or 'everything'."""
    assert old in GOOD
    with pytest.raises(RuleError, match=what) as caught:
        read_exceptions(GOOD.replace(old, new, 1).encode())
    assert caught.value.line == line
    assert caught.value.column > 0


def test_what_is_no_yaml_is_told() -> None:
    """Damaged files are errors of their format."""
    with pytest.raises(FormatError):
        read_exceptions(b"exceptions: [")
