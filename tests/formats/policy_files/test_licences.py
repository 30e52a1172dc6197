"""Promises of a licence policy in a file."""

from __future__ import annotations

import pytest

from periderm.algorithms.licences.policy import LicencePolicy, Standing, judge
from periderm.formats.policy_files.licences import read_licence_policy
from periderm.model.errors import RuleError

GOOD = b"""licences:
  allowed: [permissive, weak-copyleft, GPL-2.0-only WITH Classpath-exception-2.0]
  review: ["LicenseRef-*"]
  forbidden: [network-copyleft, BSD-4-Clause]
  default: review
  unknown: allowed
"""


def test_a_policy_is_read() -> None:
    """And judges as it says."""
    policy = read_licence_policy(GOOD)
    assert policy == LicencePolicy(
        allowed=("permissive", "weak-copyleft", "GPL-2.0-only WITH Classpath-exception-2.0"),
        review=("LicenseRef-*",),
        forbidden=("network-copyleft", "BSD-4-Clause"),
        default=Standing.REVIEW,
        unknown=Standing.ALLOWED,
    )
    assert judge("BSD-4-Clause", policy).standing is Standing.FORBIDDEN


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"licences:\n  alowed: [MIT]\n", 2, "Did you mean 'allowed'"),
        (b"licences:\n  allowed:\n    - MIT\n    - BSD-3-Claus\n", 4, "Did you mean 'BSD-3-Clause'"),
        (b"licences:\n  allowed: [permisive]\n", 2, "Did you mean 'permissive'"),
        (b"licences:\n  allowed: [MIT]\n  forbidden: [mit]\n", 3, "in 'allowed' and in 'forbidden'"),
        (b"licences:\n  default: forbiden\n", 2, "Did you mean 'forbidden'"),
        (b"licences:\n  allowed: [qqqqqqqq]\n", 2, "Kinds are"),
        (b"", 1, "needs 'licences'"),
    ],
)
def test_mistakes_are_told(data: bytes, line: int, what: str) -> None:
    """A misspelt licence would be one that nothing names."""
    with pytest.raises(RuleError, match=what) as caught:
        read_licence_policy(data)
    assert caught.value.line == line
