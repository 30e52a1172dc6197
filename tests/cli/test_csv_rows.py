"""Lists for spreadsheets: what was in a cell comes back, and nothing in it is computed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.cli.csv_rows import cell, row
from tests.cli.conftest import Periderm
from tests.cli.test_hostile_output import WALKED, poisoned

__all__ = ["poisoned"]
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://evil.test","x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "  =1+1",
        "\u00a0=1+1",
        "\t=1",
        "＝1+1",
        '",=1+1,"',
    ],
)
def test_no_formula_is_left(text: str) -> None:
    """Neither at the begin, nor by breaking out of the cell."""
    (read,) = csv.reader(io.StringIO(row((text, "next"))))
    assert read[1] == "next"
    assert len(read) == 2
    assert not read[0].lstrip(" \u00a0").startswith(COMPUTED)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=30), min_size=1, max_size=5))
def test_any_cells_come_back(cells: list[str]) -> None:
    """In their number and order, each as it was or behind an apostrophe."""
    (read,) = csv.reader(io.StringIO(row(cells), newline=""))
    assert [told in (text, f"'{text}") for told, text in zip(read, cells, strict=True)] == [True] * len(cells)
    assert not any(told.startswith(COMPUTED) and not told.strip("+-").replace(".", "", 1).isdigit() for told in read)


@pytest.mark.parametrize("number", ["0", "-5", "+5", "-1.5", "12.25"])
def test_numbers_stay_numbers(number: str) -> None:
    """A column of them can be added up."""
    assert cell(number) == f'"{number}"'


@pytest.mark.parametrize("name", ["incidents", "findings", "images", "packages", "assets", "queue", "user", "audit", "notify"])
def test_every_list_can_be_had(poisoned: Path, periderm: Periderm, name: str) -> None:
    """With a head, of one width, over a store of attacks: nothing in it is computed, and nothing but it is printed."""
    status, out, _ = periderm(name, *(WALKED[name][0]), "--csv")
    assert status == 0
    head, *rows = csv.reader(io.StringIO(out))
    assert rows
    assert {len(each) for each in rows} == {len(head)}
    for each in rows:
        for told in each:
            assert not told.startswith(COMPUTED) or told.lstrip("+-").replace(".", "", 1).isdigit(), told
