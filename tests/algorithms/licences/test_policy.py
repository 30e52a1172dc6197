"""Promises of licence policies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.licences.policy import LicencePolicy, Standing, judge, unknown_names

POLICY = LicencePolicy(
    allowed=("permissive", "LGPL-*", "GPL-2.0-only WITH Classpath-exception-2.0"),
    review=("weak-copyleft", "LicenseRef-*", "LGPL-3.0-only"),
    forbidden=("strong-copyleft", "network-copyleft", "BSD-4-Clause"),
    default=Standing.REVIEW,
    unknown=Standing.FORBIDDEN,
)


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("MIT", "allowed"),
        ("GPL-3.0-only", "forbidden"),
        ("GPL-3.0-only OR MIT", "allowed"),
        ("GPL-3.0-only AND MIT", "forbidden"),
        ("BSD-4-Clause", "forbidden"),
        ("MPL-2.0", "review"),
        ("LGPL-2.1-only", "allowed"),
        ("LGPL-3.0-only", "review"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "allowed"),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", "review"),
        ("LicenseRef-house", "review"),
        ("Some terms", "review"),
        ("", "forbidden"),
        ("NOASSERTION", "forbidden"),
        ("(AGPL-3.0-only OR MPL-2.0) AND MIT", "review"),
        ("AGPL-3.0-only OR (MIT AND BSD-4-Clause)", "forbidden"),
    ],
)
def test_of_or_the_best_and_of_and_the_worst(text: str, standing: str) -> None:
    """A name beats a pattern, a pattern a kind, and on the same rank the stricter list counts."""
    assert judge(text, POLICY).standing == standing


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("MIT AND AGPL-3.0-only", "AGPL-3.0-only is forbidden (network copyleft)"),
        ("BSD-4-Clause", "BSD-4-Clause is forbidden"),
        ("Own terms", "Own terms is to be reviewed (the policy does not name it)"),
        ("", "no licence is told, and that is forbidden"),
        ("{licence} {x}", "{licence} {x} is to be reviewed (the policy does not name it)"),
    ],
)
def test_the_part_that_decided_is_told(text: str, why: str) -> None:
    """In both languages; what a package writes is never a template."""
    told = judge(text, POLICY).why
    assert told.en == why
    assert told.zh
    assert told.zh != told.en


def test_without_a_policy_nothing_is_forbidden() -> None:
    """The product has no opinion of its own."""
    for text in ("AGPL-3.0-only", "", "nonsense"):
        assert judge(text, LicencePolicy()).standing is Standing.REVIEW


@given(st.lists(st.sampled_from(["MIT", "MPL-2.0", "GPL-3.0-only", "AGPL-3.0-only", "X"]), min_size=2, max_size=4))
def test_more_choice_is_never_worse(names: list[str]) -> None:
    """OR is at most as bad as each part, AND at least."""
    rank = {"allowed": 0, "review": 1, "forbidden": 2}
    each = [rank[judge(name, POLICY).standing] for name in names]
    assert rank[judge(" OR ".join(names), POLICY).standing] == min(each)
    assert rank[judge(" AND ".join(names), POLICY).standing] == max(each)


def test_misspelt_names_are_found() -> None:
    """Before they silently name nothing."""
    policy = LicencePolicy(allowed=("MIT", "Apche-2.0", "LGPL-*", "permissive", "LicenseRef-x"), forbidden=("strongcopyleft",))
    assert list(unknown_names(policy)) == ["Apche-2.0", "strongcopyleft"]
