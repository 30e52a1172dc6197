"""Choice of columns."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from periderm.console.columns import ALL, NONE, columns, remember, remembered

NAMES = ("where", "steps", "state")


def test_without_a_choice_all_are_shown() -> None:
    """And a narrow screen leaves the less important ones out."""
    found = columns({}, NAMES)
    assert all(name in found for name in NAMES)
    assert found.wide == "wide"


@given(st.sets(st.sampled_from(NAMES)), st.sampled_from(NAMES))
def test_what_the_address_says_is_shown(chosen: set[str], name: str) -> None:
    """Taking one away and adding it again leads back; strangers' names change nothing."""
    start = columns({"cols": ",".join([*chosen, "nonsense", "<script>"])}, NAMES)
    assert start.shown == chosen
    assert start.wide == ""
    once = columns({"cols": start.toggled(name)}, NAMES)
    assert once.shown == chosen ^ {name}
    assert columns({"cols": once.toggled(name)}, NAMES).shown == chosen


def test_a_huge_choice_is_cut() -> None:
    """Whoever writes it."""
    assert columns({"cols": "where," * 100_000}, NAMES).shown == {"where"}


@given(st.sets(st.sampled_from(NAMES)), st.text(max_size=40), st.text(max_size=60))
def test_a_choice_is_remembered_by_page(chosen: set[str], before: str, strange: str) -> None:
    """In a cookie of plain words, whatever stood in it; one of all columns forgets it."""
    told = ",".join(sorted(chosen)) or NONE
    kept = remember(before, "/incidents", told)
    assert kept is not None
    assert remembered(kept)["incidents"] == told
    assert re.fullmatch(r"[a-z:,/-]*", kept)
    both = remember(kept, "/findings", "kind")
    assert both is not None
    assert remembered(both)["incidents"] == told
    assert "incidents" not in remembered(remember(both, "/incidents", ALL) or "")
    found = remember(kept, "/incidents", strange)
    assert found is None or remembered(found)["incidents"] == strange


def test_many_pages_do_not_grow_a_cookie_without_end() -> None:
    """The latest stay."""
    told = ""
    for number in range(100):
        page = "/" + "a" * (number % 20 + 1)
        told = remember(told, page, "where,steps,state,owner,last") or told
        assert next(iter(remembered(told))) == page.strip("/")
    assert len(told) <= 500
