"""Instructions as they stand in the file."""

from __future__ import annotations

import pytest

from periderm.formats.containerfile import lines
from periderm.formats.containerfile.lines import directives, statements
from periderm.model.errors import FormatError, LimitError


def test_directives_end_at_the_first_line_that_is_none() -> None:
    """As BuildKit's reference shows them, valid and not."""
    assert directives(["# syntax=docker/dockerfile:1", "#\t eScApE=`", "FROM a"]) == {
        "syntax": "docker/dockerfile:1",
        "escape": "`",
    }
    assert directives(["# About my file", "# escape=`"]) == {}
    assert directives(["# unknown=x", "# syntax=y"]) == {}
    assert directives(["# escape=`", "# escape=\\"]) == {"escape": "`"}


def test_continued_lines_and_comments_inside() -> None:
    """Comments and empty lines inside are no part of it; the last line is known."""
    (one,) = statements("RUN a \\\n  # no\n\n  && b\\\\\n", "\\", "")
    assert one.script.text == "a   && b\\\\"
    assert (one.line, one.end) == (1, 4)
    assert one.script.line_at(one.script.text.index("b")) == 4


def test_another_escape() -> None:
    """A backslash at the end is a folder where the escape is a backtick."""
    found = list(statements("COPY a c:\\\nRUN x `\n y\n", "`", ""))
    assert [(s.name, s.script.text) for s in found] == [("COPY", "a c:\\"), ("RUN", "x  y")]


def test_here_documents() -> None:
    """Several of one instruction, in order; tabs are taken off where that is asked; quotes keep variables."""
    text = "RUN <<A cat > x && 3<<-'B' cat\none\nA\n\ttwo\n\tB\nFROM a\nCOPY <<E /x\nFROM no\nE\n"
    first, second, third = statements(text, "\\", "")
    assert [(d.name, d.body, d.expand) for d in first.heredocs] == [("A", "one", True), ("B", "two", False)]
    assert second.name == "FROM"
    assert third.heredocs[0].body == "FROM no"


@pytest.mark.parametrize("text", ['RUN "<<NO"\nFROM a\n', "RUN echo $((1<<2))\nFROM a\n", "USER <<X\nFROM a\n"])
def test_what_only_looks_like_one(text: str) -> None:
    """Quotes, arithmetic, and instructions that have none."""
    assert [s.name for s in statements(text, "\\", "")][-1] == "FROM"


def test_no_end() -> None:
    """A here-document that is never closed is damage."""
    with pytest.raises(FormatError, match="EOF"):
        list(statements("RUN <<EOF\nx\n", "\\", ""))


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of instructions is bounded."""
    monkeypatch.setattr(lines, "MOST_INSTRUCTIONS", 3)
    with pytest.raises(LimitError):
        list(statements("RUN a\n" * 4, "\\", ""))
