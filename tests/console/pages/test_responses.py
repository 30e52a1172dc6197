"""Responses."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.responses import page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts


def test_each_says_who_decided_and_what_it_hit(told: Application, ask: Asks) -> None:
    """The record that stays."""
    text = page(ask("/responses"))
    said = texts(text)
    assert "done Kill at start Only the new process /tmp/kworkerds (pid 4380)." in said
    assert "policy:pol-shop" in said
    assert [r["data-href"] for r in all_of(text, "tr") if r.get("data-href")] == ["/responses/eff-kill"]


def test_nothing_done_is_the_resting_state(empty: Application, ask: Asks) -> None:
    """And is said so."""
    assert "Alerting is the resting state" in texts(page(ask("/responses")))
