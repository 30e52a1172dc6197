"""Coverage gaps."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.gaps import page
from periderm.model.gap import GapKind
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts


def test_each_gap_says_what_to_do(told: Application, ask: Asks) -> None:
    """What, what next, where, how often."""
    said = texts(page(ask("/gaps")))
    assert "Nobody is named as owner of cache-1. Label it with io.periderm.owner. cache-1" in said
    assert "3 things that Periderm was blind to" in said


def test_every_kind_can_be_chosen(told: Application, ask: Asks) -> None:
    """In words."""
    values = {o["value"] for o in all_of(page(ask("/gaps")), "option")}
    assert values == {"", *GapKind}


def test_no_gap_is_good_news_with_a_check(empty: Application, ask: Asks) -> None:
    """Trust, but ask doctor."""
    said = texts(page(ask("/gaps")))
    assert "No gap is known" in said
    assert "periderm doctor" in said
