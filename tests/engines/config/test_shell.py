"""Scripts cut into commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.config import shell
from periderm.engines.config.shell import Command, pipelines
from periderm.model.build_file import Scalar, Script
from periderm.model.errors import LimitError


def cut(text: str) -> list[list[str]]:
    """The words of each command, a list for each pipeline joined by '|'."""
    return [" | ".join(c.text for c in pipeline).split(" ") for pipeline in pipelines(Script(text))]


def only(text: str) -> Command:
    """The first command."""
    return pipelines(Script(text))[0][0]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("a && b || c; d & e\nf", ["a", "b", "c", "d", "e", "f"]),
        ("if [ x ]; then a; else b; fi", ["[ x ]", "a", "b"]),
        ("a 'b  c' \"d $e\" f\\ g", ["a b  c d $e f g"]),
        ("curl x | sudo bash -s -- -y", ["curl x | bash -s -- -y"]),
        ("a > /x 2>&1 < y", ["a"]),
        ("a # b; c", ["a"]),
        ("a#b", ["a#b"]),
        ("cat <<E > f\nno | sh\nE\nb", ["cat", "b"]),
        ("x=$(a b | c)", ["", "a b | c"]),
        ("sh -c 'a; b'", ["sh -c a; b", "a", "b"]),
        ("(a; b)", ["a", "b"]),
        ("a \\\n b", ["a b"]),
    ],
)
def test_commands(text: str, commands: list[str]) -> None:
    """Operators, quotes, redirections, here-documents, substitutions, scripts inside."""
    assert [" ".join(words) for words in cut(text)] == commands


def test_what_stands_in_front() -> None:
    """sudo, env and variables are told apart from the program."""
    one = only("FOO=1 sudo -E -u root env BAR=2 /usr/bin/Curl -fsSLk x")
    assert (one.program, one.sudo, dict(one.assigned)) == ("curl", True, {"FOO": "1", "BAR": "2"})
    assert one.short("k")
    assert not one.has("-k")
    assert only("export A=b").assigned == (("A", "b"),)
    assert only("echo x >> f").into == ("f",)


def test_lines() -> None:
    """Each command knows the line of the file that it begins on."""
    found = pipelines(Scalar("a\nb && \\\n  c\n$(\nd)\n", 10, block=True).script())
    assert {p[0].text: p[0].line for p in found if p[0].program} == {"a": 11, "b": 12, "c": 13, "d": 14}


def test_an_expression_of_a_workflow_is_one_word() -> None:
    """What stands in `${{ … }}` is no command."""
    assert cut("echo ${{ a || 'b c' }} d") == [["echo", "${{", "a", "||", "'b", "c'", "}}", "d"]]


def test_too_many_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out would be silence, so it is an error."""
    monkeypatch.setattr(shell, "MOST_COMMANDS", 3)
    with pytest.raises(LimitError):
        pipelines(Script("a;b;c;d"))


@given(st.text("ab \n\t'\"`$(){}<>|&;#\\=-", max_size=80))
def test_any_text_ends(text: str) -> None:
    """No text makes it stop or raise, and every line is one of the text's."""
    for pipeline in pipelines(Scalar(text, 0, block=True).script()):
        assert all(1 <= command.line <= text.count("\n") + 1 for command in pipeline)
