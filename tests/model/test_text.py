"""Words in two languages."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from periderm.model.text import Text
from tests.strategies import undecodable_text


@given(undecodable_text, undecodable_text)
def test_values_are_never_read_as_templates(name: str, thing: str) -> None:
    """A value full of braces stands as it is in both languages: it is put in once and not parsed again."""
    filled = Text("{name} read {thing}", "{name} 读取了 {thing}").fill(name=name, thing=thing)
    assert filled.en == f"{name} read {thing}"
    assert filled.zh == f"{name} 读取了 {thing}"


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
