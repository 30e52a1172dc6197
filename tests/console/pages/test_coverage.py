"""The matrix."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.console.pages.coverage import SIGNS, page
from periderm.model.attack import CONTAINERS
from periderm.model.exercise import Outcome
from tests.app.test_tested import result, run
from tests.console.conftest import Asks
from tests.console.markup import all_of, read, texts


def test_an_untested_matrix_says_so_and_how_to_test(empty: Application, ask: Asks) -> None:
    """Detectors that exist are not eyes that see."""
    said = texts(page(ask("/coverage")))
    assert "Nothing was tried here yet" in said
    assert "sudo periderm selftest --every 24h" in said
    assert "✓ tested: seen" in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_cell_leads_to_its_row(empty: Application, ask: Asks, language: str) -> None:
    """With detectors that lead to their explanation, and the blind spot in words."""
    text = page(ask("/coverage", language))
    ids = {a["id"] for _, a in read(text).elements if "id" in a}
    assert set(CONTAINERS) <= ids
    inner = {(a["href"] or "")[1:] for a in all_of(text, "a") if (a.get("href") or "").startswith("#T")}
    assert inner == set(CONTAINERS)
    assert "/detectors/RUN-002" in {a.get("href") for a in all_of(text, "a")}


def test_what_was_missed_is_told_first(empty: Application, ask: Asks) -> None:
    """With signs beside the colours."""
    empty.store.put_selftest(
        run(5, result("EXE-A", Outcome.SEEN, "T1190", seconds=0.5), result("EXE-Z", Outcome.MISSED, "T1611"))
    )
    said = texts(page(ask("/coverage")))
    assert "1 of 2 harmless exercises were seen here." in said
    assert said.index("EXE-Z") < said.index("EXE-A")
    assert "500 ms" in said
    assert len(set(SIGNS.values())) == len(SIGNS)


@pytest.mark.parametrize(("language", "words"), [("en", "one alert"), ("zh", "1 条告警")])
def test_what_fired_is_hotter_and_says_so(told: Application, ask: Asks, language: str, words: str) -> None:
    """By a number and a sign beside the colour, in the picture and in its table; nothing without alerts is hot."""
    text = page(ask("/coverage", language, query={"days": "90"}))
    hot = [a for a in all_of(text, "a") if "heat" in (a.get("class") or "").split()]
    assert hot
    assert all("h1" in str(a["class"]).split() for a in hot)
    assert words in texts(text)
    told.clock.sleep(2 * 86_400)
    quiet = page(ask("/coverage", language, query={"days": "1"}))
    assert not [a for a in all_of(quiet, "a") if "heat" in (a.get("class") or "").split()]
