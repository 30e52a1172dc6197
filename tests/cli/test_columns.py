"""Columns of text."""

from __future__ import annotations

import io

import pytest

from periderm.cli.columns import bare, pad, side_by_side, window, wrap
from periderm.cli.output import Output, width


@pytest.mark.parametrize(
    "text", ["one two three four five", "x" * 100, "镜像中的进程以 root 运行：没有设置用户。" * 3, "", "a" * 20 + " b"]
)
@pytest.mark.parametrize("columns", [10, 23])
def test_wrap(text: str, columns: int) -> None:
    """No line is wider than the window's share, and nothing is lost but spaces at the breaks."""
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_columns_line_up() -> None:
    """Continuation lines begin under their own column, and a coloured cell takes the room of its text."""
    out = io.StringIO()
    painted = "\x1b[31mH high\x1b[0m"
    side_by_side((painted, "word " * 30, "change " * 30), (15, 40, 40), Output(out=out, err=io.StringIO()))
    lines = [line.replace(painted, "H high") for line in out.getvalue().splitlines()]
    assert len({line.index("change") for line in lines if "change" in line}) == 1
    assert all(width(line) <= 99 for line in lines)


def test_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours are no text; a window is never narrower than can be read."""
    assert bare("\x1b[31mx\x1b[0m") == "x"
    assert bare("x") == "x"
    assert pad("镜", 4) == "镜  "
    monkeypatch.setenv("COLUMNS", "3")
    assert window() == 40
    monkeypatch.setenv("COLUMNS", "77")
    assert window() == 77
