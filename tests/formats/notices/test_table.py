"""Notices as CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices.table import COLUMNS, cell, header, row
from periderm.model.text import Text
from tests.told import hostile_notice, message, notice


def read(text: str) -> list[list[str]]:
    """As another reader understands it."""
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", " =1", "\t=1", "\r\n=1", "\u200b=1", "＝1+1", "|calc", "%0A=1"],
)
def test_what_begins_as_a_formula_is_text(text: str) -> None:
    """However it is hidden: behind blanks, line breaks, marks that nobody sees, or in full width."""
    ((made,),) = read(cell(text))
    assert made.lstrip("\N{REPLACEMENT CHARACTER}")[:1] in ("'", "") or made.startswith("\N{REPLACEMENT CHARACTER}")
    assert made[:1] not in tuple("=+-@|%＝＋－＠")


@given(st.text(max_size=60))
def test_any_text_is_one_cell(text: str) -> None:
    """No quote, comma or line break ends it, and it begins no formula."""
    ((made,),) = read(cell(text))
    assert made[:1] not in tuple("=+-@|%")
    if text.isprintable() and text.strip() == text and "  " not in text and text[:1] not in tuple("=+-@|%＝＋－＠"):
        assert made == " ".join(text.split())


def test_a_notice_is_a_row() -> None:
    """With every column, whatever an attacker wrote."""
    told = message(notice(), hostile_notice(), notice(title=Text('a "b", c', "")))
    rows = read(header() + "".join(row(told, n, "2026-11-25T09:46:00Z") for n in told.notices))
    assert rows[0] == list(COLUMNS)
    assert [len(r) for r in rows] == [len(COLUMNS)] * 4
    assert rows[1][-1] == "https://periderm.test/incidents/inc-shop"
    assert rows[3][3] == 'a "b", c'
