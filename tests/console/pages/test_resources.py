"""What programs use by part of the day, in the console."""

from __future__ import annotations

import msgspec
import pytest

from periderm.algorithms.quantiles import bucket
from periderm.app.application import Application
from periderm.console.pages.resources import PROGRAMS, amount, page
from periderm.model.baseline import ResourceUse
from periderm.model.behaviour import Aspect
from tests.app.test_resource_uses import with_uses
from tests.baseline_story import NGINX, WEB, baseline
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts

PARTS = {"id": WEB}
PATH = f"/baselines/{WEB}/resources"


@pytest.mark.parametrize(("language", "words"), [("en", ("memory", "at most", "04–08")), ("zh", ("内存", "最高"))])
def test_each_picture_has_its_table(empty: Application, ask: Asks, language: str, words: tuple[str, ...]) -> None:
    """One for each program and measure, with every figure as text."""
    with_uses(empty)
    text = page(ask(PATH, language, parts=PARTS))
    assert len(all_of(text, "figure")) == len([t for t in all_of(text, "table") if t.get("class") == "figures"]) == 3
    for word in (*words, NGINX):
        assert word in texts(text)


def test_without_figures_it_says_where_they_come_from(empty: Application, ask: Asks) -> None:
    """And a filter that nothing fits says that."""
    empty.store.put_baselines([baseline()])
    assert "sudo periderm up" in texts(page(ask(PATH, parts=PARTS)))
    assert "Nothing matches" in texts(page(ask(PATH, parts=PARTS, query={"program": "none"})))


def test_many_programs_are_walked(empty: Application, ask: Asks) -> None:
    """By pages; a nonsense start is the first."""
    uses = tuple(
        ResourceUse(aspect=Aspect.CPU, program=f"/bin/p{n:03}", part=0, buckets={"a": ((bucket(1.0), 1),)}) for n in range(256)
    )
    empty.store.put_baselines([msgspec.structs.replace(baseline(), resources=uses)])
    text = page(ask(PATH, parts=PARTS, query={"from": str(PROGRAMS)}))
    assert f"/bin/p{PROGRAMS:03}" in text
    assert len(all_of(text, "figure")) == PROGRAMS
    assert "/bin/p000" in page(ask(PATH, parts=PARTS, query={"from": "-1"}))
    assert len(all_of(page(ask(PATH, parts=PARTS, query={"program": "p1"})), "figure")) == PROGRAMS


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(0, "%", "0 %"), (3.14, "%", "3.1 %"), (42.4, "%", "42 %"), (1.0, "", "1"), (12_345, "", "12,345"), (2e6, "B", "2.0 MB")],
)
def test_figures_are_short(value: float, unit: str, told: str) -> None:
    """And keep what matters."""
    assert amount(value, unit) == told
