"""The reference says what the code says: generated pages are current, and every variable and gap is in them."""

from __future__ import annotations

import pytest

from periderm.cli.main import COMMANDS
from periderm.model.gap import GapKind
from tools import docs
from tools.reference import commands, markdown, values


def test_the_pages_are_current() -> None:
    """`make docs` would change nothing."""
    assert docs.different() == []


def test_every_variable_is_told() -> None:
    """A variable that the code reads and nobody can find is no feature; one that is told and unread is a lie."""
    assert {name for name in commands.ENVIRONMENT if name.startswith("PERIDERM_")} == commands.variables()


def test_every_command_and_gap_is_told() -> None:
    """From the one place where each is defined."""
    made = docs.pages()
    assert [n for n, _, _ in COMMANDS if f"## periderm {n}\n" not in made["cli.md"]] == []
    assert set(values._GAPS) == set(GapKind)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("<b>", "\\<b\\>"),
        ("two\nlines", "two lines"),
        ("`x_y` z_w", "`x_y` z\\_w"),
        ("odd ` tick", "odd \\` tick"),
    ],
)
def test_text_stays_in_its_cell(text: str, escaped: str) -> None:
    """No message of a detector breaks a table or becomes markup."""
    assert markdown.cell(text) == escaped


def test_comments_are_read_from_the_source() -> None:
    """With and without a comment, and not from strings."""
    source = 'EXIT_A = 1  # one\nEXIT_B = 2\nOTHER = 3  # no\nx = "EXIT_C = 4  # no"\n'
    assert commands.constants(source, "EXIT_") == [("EXIT_A", "1", "one"), ("EXIT_B", "2", "")]


def test_a_page_that_differs_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`make check` says which, and what to do."""
    monkeypatch.setattr(docs, "different", lambda: ["cli.md"])
    assert docs.main(["--check"]) == 1
    assert "make docs" in capsys.readouterr().out
