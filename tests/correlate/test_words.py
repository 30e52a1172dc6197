"""Foreign names in sentences: one printable, bounded line, whatever they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.correlate import words
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.strategies import undecodable_text


@given(undecodable_text, st.integers(3, 100))
def test_plain_is_one_bounded_printable_line(foreign: str, limit: int) -> None:
    """No control, direction mark or lone surrogate passes, nothing is longer than the limit, and it is stable."""
    made = words.plain(foreign, limit)
    assert made.isprintable()
    assert len(made) <= limit
    assert words.plain(made, limit) == made
    made.encode()  # raises for what cannot be stored


def test_plain_keeps_both_ends() -> None:
    """Of a long path the beginning and the file name stay readable."""
    assert words.plain("/var/lib/" + "x" * 200 + "/evil.sh", 20) == "/var/lib/x…x/evil.sh"
    assert words.plain("kept as it is") == "kept as it is"


@pytest.mark.parametrize(
    ("path", "name"), [("/usr/bin/nginx", "nginx"), ("nginx", "nginx"), ("/", "/"), ("", ""), ("/a/b/", "b")]
)
def test_names_are_the_last_part(path: str, name: str) -> None:
    """A program is called by its file name."""
    assert words.name_of(path) == name


def test_lists_read_as_each_language_joins_them() -> None:
    """None, one, two and three phrases are all grammatical."""
    one, two, three = Text("a", "甲"), Text("b", "乙"), Text("c", "丙")
    assert words.join([]) == Text("", "")
    assert words.join([one]) == one
    assert words.join([one, two]) == Text("a and b", "甲，并乙")
    assert words.join([one, two, three]) == Text("a, b and c", "甲，乙，并丙")


def test_small_words() -> None:
    """Counts agree with their noun, Latin and Chinese stand apart, and every severity has a word."""
    assert words.counted(1, "step", "steps") == "1 step"
    assert words.counted(9800, "step", "steps") == "9,800 steps"
    assert words.spaced("运行了", "sh") == "运行了 sh"
    assert words.spaced("某个会话", "启动了") == "某个会话启动了"
    assert set(words.SEVERITY_WORDS) == set(Severity)
    assert words.sentence(Text("a\nb", "甲\n乙")) == Text("a?b", "甲?乙")
