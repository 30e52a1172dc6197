"""What reaches the terminal: harmless, as wide as it looks, JSON for programs, progress only for eyes."""

from __future__ import annotations

import io
import json
import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.cli.output import Output, clean, fit, width
from periderm.model.errors import NotFoundError
from periderm.model.severity import Severity
from periderm.model.text import Text


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def streams(**options: bool) -> tuple[Output, io.StringIO, io.StringIO]:
    """An Output into memory."""
    out, err = io.StringIO(), io.StringIO()
    return Output(out=out, err=err, **options), out, err


@given(st.text(alphabet=st.characters()))
def test_nothing_foreign_controls_the_terminal(text: str) -> None:
    """After `clean` there is no control, format or surrogate character left, and it can be encoded."""
    done = clean(text)
    assert not [c for c in done if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    done.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("中文 ok", "中文 ok"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202eevil", "\\u202eevil"),
        ("\udcff", "\\udcff"),
        ("\x9b31m", "\\x9b31m"),
        ("\u2028", "\\u2028"),
    ],
)
def test_what_is_shown_instead(text: str, shown: str) -> None:
    """Escapes that a reader can search for."""
    assert clean(text) == shown


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("", 0), ("Ａ", 2)])
def test_width_is_in_columns(text: str, columns: int) -> None:
    """Chinese takes two columns, a combining accent none."""
    assert width(text) == columns


@given(st.text(), st.integers(0, 40))
def test_fit_never_overflows(text: str, columns: int) -> None:
    """Cut in the middle, at most as wide as allowed, and unchanged if it fits."""
    done = fit(text, columns)
    assert width(done) <= columns
    if width(text) <= columns:
        assert done == text


def test_fit_keeps_both_ends() -> None:
    """The name of a file is at its path's end."""
    assert fit("/usr/lib/x86_64-linux-gnu/libssl.so", 15) == "/usr/li…bssl.so"


def test_columns_line_up_with_chinese() -> None:
    """Cells begin at the same column in every row."""
    output, out, _ = streams()
    output.table(("NAME", "N"), [("中文", "1"), ("abcde", "22")], right=(1,))
    lines = out.getvalue().splitlines()
    assert [width(line) for line in lines] == [9, 9, 9]


def test_a_table_fits_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The widest column gives way first; no line wraps."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda _: os.terminal_size((40, 24)))
    out = Terminal()
    Output(out=out, err=io.StringIO()).table(("A", "B"), [("x" * 200, "kept"), ("中" * 100, "kept")])
    lines = out.getvalue().splitlines()
    assert all(width(line) <= 40 + len("\x1b[1m\x1b[0m") for line in lines)
    assert all(line.endswith("kept") for line in lines[1:])


def test_a_pipe_gets_whole_cells() -> None:
    """`grep` and `awk` must find what is there."""
    output, out, _ = streams()
    output.table(("A",), [("x" * 500,)])
    assert "x" * 500 in out.getvalue()


def test_cells_are_made_harmless() -> None:
    """A container may be called anything."""
    output, out, _ = streams()
    output.table(("A",), [("\x1b]0;x\x07\n",)])
    assert "\x1b" not in out.getvalue()
    assert out.getvalue().count("\n") == 2


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colour; a pipe, NO_COLOR (even empty, see no-color.org) and TERM=dumb get none."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[31m" in Output(out=Terminal()).paint("x", "red")
    assert Output(out=io.StringIO()).paint("x", "red") == "x"
    monkeypatch.setenv("TERM", "dumb")
    assert Output(out=Terminal()).paint("x", "red") == "x"
    monkeypatch.setenv("TERM", "xterm")
    for value in ("1", ""):
        monkeypatch.setenv("NO_COLOR", value)
        assert Output(out=Terminal()).severity(Severity.CRITICAL) == "C critical"


def test_a_value_is_one_json_document() -> None:
    """Whatever was in the fields, also bytes of file names that are not UTF-8."""
    output, out, _ = streams(json=True)
    output.value({"path": "caf\udce9", "escape": "\x1b", "text": Text("a", "甲")})
    told = json.loads(out.getvalue())
    assert told["escape"] == "\x1b"
    assert told["text"] == ["a", "甲"]


def test_results_and_remarks_go_apart() -> None:
    """A pipe gets the result and nothing else; --quiet silences remarks."""
    output, out, err = streams()
    output.line("result")
    output.note("remark")
    assert (out.getvalue(), err.getvalue()) == ("result\n", "remark\n")
    quiet, _, err = streams(quiet=True)
    quiet.note("remark")
    assert err.getvalue() == ""


def test_an_error_has_a_next_step() -> None:
    """Two lines for a person; with --json the same as a document."""
    error = NotFoundError("There is no \x1b[2Jx.", "Look again.")
    output, out, err = streams()
    output.error(error)
    assert err.getvalue() == "periderm: There is no \\x1b[2Jx.\n  Look again.\n"
    assert out.getvalue() == ""
    output, out, _ = streams(json=True)
    output.error(error)
    assert json.loads(out.getvalue())["error"]["kind"] == "NotFoundError"


def test_progress_is_for_eyes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a pipe, nothing when quiet, nothing within the first second; removed before a result is printed."""
    output, _, err = streams()
    output.progress("working", 0.5)
    assert err.getvalue() == ""
    terminal = Terminal()
    live = Output(out=io.StringIO(), err=terminal)
    live.progress("working", 0.5)
    assert terminal.getvalue() == ""
    live._started -= 2
    live.progress("read \x1b[2J", 0.5)
    assert " 50% read \\x1b[2J" in terminal.getvalue()
    live.line("result")
    assert terminal.getvalue().endswith("\r\x1b[K")
    quiet = Output(out=io.StringIO(), err=(silent := Terminal()), quiet=True)
    quiet._started -= 2
    quiet.progress("working")
    assert silent.getvalue() == ""


def test_steps_are_lines_where_no_terminal_is() -> None:
    """One for each step, one for each tenth of a stage with hundreds, none twice in a row, and none when quiet; a terminal gets
    the line that is drawn over."""
    output, _, err = streams()
    for number in range(460):
        output.step(f"base: Unpacking package-{number}", number / 460 * 0.85)
    base = err.getvalue().splitlines()
    assert len(base) == 9
    assert base[0] == "base: Unpacking package-0"
    for done in (0.85, 0.9, 1.0):
        output.step("image: our files \x1b[2J", done)
    output.step("normal work", 0.0)
    output.step("normal work", 0.7)
    output.step("the attack", None)
    assert err.getvalue().splitlines()[9:] == ["image: our files \\x1b[2J", "normal work", "the attack"]
    silent, _, nothing = streams(quiet=True)
    silent.step("base: Unpacking", 0.5)
    assert nothing.getvalue() == ""
    terminal = Terminal()
    live = Output(out=io.StringIO(), err=terminal)
    live._started -= 2
    live.step("working", 0.5)
    assert "\n" not in terminal.getvalue()
    assert " 50% working" in terminal.getvalue()


def test_the_language_is_chosen() -> None:
    """`say` takes a Text in the language asked for, and makes plain strings harmless."""
    output, _, _ = streams()
    assert output.say(Text("yes", "是")) == "yes"
    output.language = "zh"
    assert output.say(Text("yes", "是")) == "是"
    assert output.say("a\x00") == "a\\x00"


def test_points_at_a_column() -> None:
    """The caret stands below the sign that is meant, also behind wide and hidden ones."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    out.point("包 == \x1bx", 6)
    assert isinstance(out.err, io.StringIO)
    first, second = out.err.getvalue().splitlines()
    assert first == "  包 == \\x1bx"
    assert second.index("^") == 2 + len("包 == ") + 1


def test_a_document_is_printed_as_it_is() -> None:
    """Nothing is put around it."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    out.raw(b'{"a": "\xc3\xa4"}\n')
    assert isinstance(out.out, io.StringIO)
    assert out.out.getvalue() == '{"a": "ä"}\n'


def test_an_answer_is_one_of_two() -> None:
    """Lines for people, made harmless; the value alone for programs."""
    lines = (Text("a\x1b", "甲"), Text("b", "乙"))
    out, written, _ = streams()
    out.answer({"x": 1}, *lines)
    assert written.getvalue() == "a\\x1b\nb\n"
    out, written, _ = streams(json=True)
    out.answer({"x": 1}, *lines)
    assert json.loads(written.getvalue()) == {"x": 1}
