"""Words in two languages."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from periderm.model.text import Text, encodable, printable
from tests.strategies import undecodable_text


@given(undecodable_text, undecodable_text)
def test_values_are_never_read_as_templates(name: str, thing: str) -> None:
    """A value full of braces stands as it is in both languages: it is put in once and not parsed again."""
    filled = Text("{name} read {thing}", "{name} 读取了 {thing}").fill(name=name, thing=thing)
    assert filled.en == f"{name} read {thing}"
    assert filled.zh == f"{name} 读取了 {thing}"


def test_each_language_has_its_own_words() -> None:
    """Values that are texts are put in by language; braces in any value stay what they are."""
    one = Text("one", "一")
    assert Text("{a} {b}", "{b} {a}").fill(a=one, b="{x}") == Text("one {x}", "{x} 一")
    assert Text("{a} {b}", "{b}{a}").fill(a=one, b="{a}") == Text("one {a}", "{a}一")
    assert Text("{a} {b}", "{b} {a}").fill(a="{b}", b=Text("en", "zh")) == Text("{b} en", "zh {b}")
    assert Text("{self}", "{self}").fill(self=one) == one


def test_a_missing_value_is_our_mistake() -> None:
    """A template that names what was not given fails at once, and does not print a brace to a user."""
    with pytest.raises(KeyError):
        Text("{name}", "{name}").fill(other="x")


@pytest.mark.parametrize(
    ("language", "word"),
    [("zh", "字"), ("zh-CN", "字"), ("zh_Hant", "字"), ("en", "word"), ("de", "word"), ("", "word"), ("C", "word")],
)
def test_a_language_is_always_found(language: str, word: str) -> None:
    """Chinese for what begins with zh, English for everything else."""
    assert Text("word", "字").pick(language) == word


def test_it_travels_as_a_pair() -> None:
    """[English, Chinese] on the wire."""
    assert msgspec.json.encode(Text("a", "甲")) == '["a","甲"]'.encode()
    assert msgspec.json.decode(b'["a","b"]', type=Text) == Text("a", "b")


def test_a_place_that_nobody_fills_is_a_dash() -> None:
    """In both languages; what is filled is filled as ever."""
    template = Text("{nobody} ran {thing}", "{nobody} 运行 {thing}")
    assert template.fill_known({"thing": Text("a", "甲")}) == Text("- ran a", "- 运行 甲")


@given(undecodable_text)
def test_foreign_text_can_be_told(foreign: str) -> None:
    """Bytes that were not UTF-8 are escapes that every encoder takes; a line for a message is short and has no controls."""
    encodable(foreign).encode()
    assert encodable("caf\udce9 日本") == "caf\\udce9 日本"
    shown = printable(foreign[:40] + "\x1b[31m\u202e", 40)
    assert shown.isprintable()
    assert printable("plain", 40) == "plain"
    assert len(printable("x" * 10_000, 40)) == 40
