"""Exceptions: list, form, preview."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.app.application import Application
from periderm.console.pages.exceptions import FIELDS, SCOPES, day, exemption_from, page, preview
from periderm.model.errors import UsageError
from periderm.model.exception import Scope
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.scanned import tell_scans

GIVEN = {"findings": "CVE-2099-1001", "reason": "<b>x</b>", "owner": "ada", "expires": "2027-06-30"}


def test_the_list_says_why_who_and_until_when(told: Application, ask: Asks) -> None:
    """And each can be removed without a script."""
    tell_scans(told)
    text = page(ask("/exceptions"))
    assert "No other user can write to the folder." in texts(text)
    assert "/exceptions/exc-perl/remove" in {f.get("action") for f in all_of(text, "form")}


def test_what_it_is_for_can_be_in_the_address(told: Application, ask: Asks) -> None:
    """A vulnerability's page leads here with its name."""
    text = page(ask("/exceptions", query={"findings": "CVE-2099-1001"}))
    assert [i["value"] for i in all_of(text, "input") if i.get("name") == "findings"] == ["CVE-2099-1001"]


def test_the_preview_carries_everything_to_the_button(told: Application, ask: Asks) -> None:
    """So that what is added is what was shown."""
    tell_scans(told)
    text = preview(ask("/exceptions/preview", query=GIVEN))
    assert "It would hide 3 findings" in texts(text)
    hidden = {i["name"]: i["value"] for i in all_of(text, "input") if i.get("type") == "hidden"}
    assert hidden == {name: GIVEN.get(name, "") for name in FIELDS}
    assert "<b>x</b>" not in text


@given(st.dictionaries(st.sampled_from([*FIELDS, "x"]), st.text(max_size=30)))
def test_any_form_is_an_exception_or_told(given_: dict[str, str]) -> None:
    """No traceback for what people type."""
    with contextlib.suppress(UsageError):
        found = exemption_from(given_)
        assert all(pattern == pattern.strip() and pattern for name in SCOPES for pattern in getattr(found.scope, name))
        assert found.reason == given_.get("reason", "")


@pytest.mark.parametrize("expires", ["", "x", "2027-13-01", "31.12.2027", "2027-06-31"])
def test_a_day_that_is_none_is_told(expires: str) -> None:
    """With how to write one."""
    with pytest.raises(UsageError) as caught:
        exemption_from({**GIVEN, "expires": expires})
    assert "2027-01-31" in caught.value.next_step


def test_patterns_are_apart_by_commas_and_lines() -> None:
    """Blanks around them do not count, twice the same is once."""
    found = exemption_from({**GIVEN, "paths": " a b/** ,\n c , c,,"})
    assert found.scope == Scope(findings=("CVE-2099-1001",), paths=("a b/**", "c"))
    assert day(found.expires) == "2027-06-30"


def test_a_field_is_not_endless() -> None:
    """Each of them."""
    for name in (*SCOPES, "reason"):
        with pytest.raises(UsageError):
            exemption_from({**GIVEN, name: "x" * 5000})
