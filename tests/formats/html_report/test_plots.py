"""Plots."""

from __future__ import annotations

import re

from lxml import etree

from periderm.formats.html_report.plots import bars, columns


def test_bars_are_to_scale() -> None:
    """The longest bar fills the track, half as much is half as long, and the parts of one bar lie end to end."""
    drawn = etree.fromstring(bars([("a", [(4.0, "s5"), (4.0, "s3")]), ("b", [(4.0, "s5")])], "t"))
    parts = [(float(str(r.get("x"))), float(str(r.get("width")))) for r in drawn.findall("rect") if r.get("class") != "track"]
    track = next(float(str(r.get("width"))) for r in drawn.findall("rect") if r.get("class") == "track")
    assert abs(parts[0][1] + parts[1][1] - track) < 0.3
    assert abs(parts[1][0] - parts[0][0] - parts[0][1]) < 0.2
    assert abs(parts[2][1] * 2 - track) < 0.3


def test_columns_have_their_numbers() -> None:
    """Every column has its label, and its number unless it is nothing."""
    drawn = columns([3, 0], ["0+", "10+"], "t")
    assert re.findall(r">([^<]+)</text>", drawn) == ["3", "0+", "10+"]


def test_hostile_labels() -> None:
    """Labels are text, cut to their room, whole in their title."""
    drawn = bars([("<b>" + "x" * 100, [(1.0, "s1")])], '"><script>')
    etree.fromstring(drawn)
    assert "<b>" not in drawn
    assert "x" * 100 in drawn
    assert "…" in drawn


def test_nothing() -> None:
    """No rows and only zeros divide by nothing."""
    assert etree.fromstring(bars([], "t")) is not None
    assert etree.fromstring(columns([0, 0], ["a", "b"], "t")) is not None
