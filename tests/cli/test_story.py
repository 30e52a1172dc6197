"""The sample's story in a terminal: each point as it comes, why one failed, and an exit status for scripts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.app.story import Point
from periderm.cli.output import Output
from periderm.cli.story import POINTS, show
from periderm.model.settings import Settings
from periderm.model.text import Text
from tests.cli.conftest import INCIDENT


class Told:
    """A story that ends as it is told to."""

    def __init__(self, *, failing: int = 0) -> None:
        self.failing = failing

    def tell(self, normal_seconds: float) -> Iterator[Point]:
        for number in range(1, POINTS + 1):
            ok = number != self.failing
            lines = (Text(f"seen {number} \x1b[2J", f"看到 {number}"),)
            why = Text("It did {not}.", "没有{发生}。")
            yield Point(number, Text(f"Point {number}", f"要点 {number}"), ok, lines, why, INCIDENT if number == POINTS else "")
            if not ok:
                return


def told(story: Told, state: Path, *, as_json: bool = False, language: str = "en") -> tuple[int, str]:
    """Exit status and text."""
    out = Output(out=io.StringIO(), err=io.StringIO(), json=as_json)
    out.language = language
    status = show(story, Settings(state=str(state), cache=str(state)), out, 1.0)  # type: ignore[arg-type]
    assert isinstance(out.out, io.StringIO)
    return status, out.out.getvalue()


def test_five_points_and_then_the_incident(state: Path) -> None:
    """In order, with what was seen, and the whole incident at the end."""
    status, text = told(Told(), state)
    assert status == 0
    places = [text.index(part) for part in ("✓ 1/5 Point 1", "✓ 5/5 Point 5", "Attack on shop-web", "All 5 points hold.")]
    assert places == sorted(places)
    assert "seen 3 \\x1b[2J" in text


@pytest.mark.parametrize("failing", range(1, POINTS + 1))
def test_a_point_that_fails_is_told_with_its_reason(state: Path, failing: int) -> None:
    """Exit status 1, also in the other language, and braces in a reason do no harm."""
    status, text = told(Told(failing=failing), state)
    assert status == 1
    assert f"✗ {failing}/5" in text
    assert f"Point {failing} of 5 does not hold: It did {{not}}." in text
    assert "没有{发生}。" in told(Told(failing=failing), state, language="zh")[1]


def test_json_is_one_document(state: Path) -> None:
    """For scripts that run the sample."""
    status, text = told(Told(), state, as_json=True)
    assert (status, json.loads(text)["ok"]) == (0, True)
    status, text = told(Told(failing=2), state, as_json=True)
    assert (status, json.loads(text)["ok"], len(json.loads(text)["points"])) == (1, False, 2)
