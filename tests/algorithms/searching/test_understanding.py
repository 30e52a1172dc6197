"""A search that was read, understood."""

from __future__ import annotations

import pytest

from periderm.algorithms.searching.reading import read
from periderm.algorithms.searching.understanding import families_of, understand, unknown_to
from periderm.model.errors import UsageError
from periderm.model.search import Compare, Condition, Every, Family, Match, Word

NOW = 10**18
HOUR = 3_600 * 10**9


def understood(text: str) -> Condition:
    """At NOW."""
    return understand(read(text), NOW)


def test_names_times_and_severities_mean_something() -> None:
    """Other names of a field are its first, `since` and `until` are times."""
    assert understood("sev>=high") == Match("severity", ("4",), Compare.LEAST, 1)
    assert understood("since:2h") == Match("time", (str(NOW - 2 * HOUR),), Compare.LEAST, 1)
    assert understood("until:now") == Match("time", (str(NOW),), Compare.LESS, 1)
    assert understood("app:Shop") == Match("application", ("Shop",), Compare.IS, 1)
    assert understood("state:NEW") == Match("state", ("new",), Compare.IS, 1)


@pytest.mark.parametrize(
    "text", ["nowhere:x", "severity:worse", "owner>=a", "since:yesterday", "since>=2h", "pid:x", "label:team", "label:=x"]
)
def test_what_cannot_be_is_told(text: str) -> None:
    """With its place and what can."""
    with pytest.raises(UsageError, match="At character 1: ") as raised:
        understood(text)
    assert raised.value.next_step


def test_in_says_where_to_look() -> None:
    """By itself only."""
    assert families_of(understood("in:incidents,alerts shop")) == (Every((Word("shop"),)), (Family.INCIDENT, Family.ALERT))
    assert Family.ALERT not in families_of(understood("-in:alerts shop"))[1]
    with pytest.raises(UsageError):
        families_of(understood("in:alerts or shop"))


def test_a_field_that_a_kind_does_not_have_is_named() -> None:
    """The first of them."""
    assert unknown_to(understood("severity:high cve:CVE-1"), Family.INCIDENT) == "cve"
    assert unknown_to(understood("severity:high cve:CVE-1"), Family.FINDING) == ""
