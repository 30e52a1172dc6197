"""The catalogues: both languages whole, every key used, plurals right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

from periderm.console import words
from periderm.console.words import LANGUAGES, MissingWordsError, catalogues, choose, words_for

HOME = Path(words.__file__).parent
PLACES = [*HOME.rglob("*.html"), *HOME.rglob("*.py")]


def messages(language: str) -> dict[str, ast.Message]:
    """All messages by key; a key stands once."""
    found: dict[str, ast.Message] = {}
    for name, text in catalogues(language):
        for entry in FluentParser().parse(text).body:
            assert not isinstance(entry, ast.Junk), f"{language}/{name}: {entry.content}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{language}/{name}: {entry.id.name} stands twice"
                found[entry.id.name] = entry
    return found


def variables(message: ast.Message) -> set[str]:
    """The values that a message takes."""
    names: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, ast.VariableReference):
            names.add(node.id.name)
        for value in vars(node).values() if hasattr(node, "__dict__") else ():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.BaseNode):
                    walk(item)

    walk(message)
    return names


def test_both_languages_have_the_same_keys_and_values() -> None:
    """Whoever adds a sentence writes both."""
    en, zh = messages("en"), messages("zh")
    assert set(en) == set(zh)
    assert {key: variables(m) for key, m in en.items()} == {key: variables(m) for key, m in zh.items()}


def test_every_key_is_used() -> None:
    """What nobody shows is not kept. Keys made of two parts (`state-` and a state) are found by their first part."""
    text = "\n".join(p.read_text(encoding="utf-8") for p in PLACES)
    whole = set(re.findall(r"""(?:say\(|'|")([a-z][a-z0-9-]*)""", text))
    begun = (*re.findall(r"say\('([a-z0-9-]+-)' ~", text), "ago-")
    unused = [key for key in messages("en") if key not in whole and not key.startswith(begun)]
    assert unused == []


def test_every_key_that_is_asked_for_exists() -> None:
    """A typing mistake is found here and not by a reader."""
    text = "\n".join(p.read_text(encoding="utf-8") for p in HOME.rglob("*.html"))
    asked = set(re.findall(r"say\('([a-z0-9-]+)'[,)]", text))
    assert asked <= set(messages("en"))


def test_chinese_is_chinese() -> None:
    """A sentence that was left in English would show. Names that are the same in both are listed."""
    same = {"same-api"}
    for key, message in messages("zh").items():
        if key not in same:
            assert re.search(r"[\u4e00-\u9fff]", str(message.value and vars(message.value)) + _source("zh", key)), key


def _source(language: str, key: str) -> str:
    text = "\n".join(t for _, t in catalogues(language))
    found = re.search(rf"^{key} =((?:.*\n(?:[ \t].*\n|\}}\n)*))", text + "\n", re.MULTILINE)
    return found.group(1) if found else ""


@pytest.mark.parametrize(
    ("language", "n", "sentence"),
    [
        ("en", 1, "One incident needs you."), ("en", 2, "2 incidents need you."), ("en", 12345, "12,345 incidents need you."),
        ("zh", 1, "1 个事件需要您处理。"), ("zh", 0, "0 个事件需要您处理。"),
    ],
)  # fmt: skip
def test_plurals_are_right(language: str, n: int, sentence: str) -> None:
    """As each language has them, with its digits."""
    assert words_for(language).say("now-incidents", n=n) == sentence


def test_a_foreign_value_is_plain_text() -> None:
    """It is never read as Fluent, and gets no invisible marks."""
    assert words_for("en").say("from-package", name="{ $x } <b>") == "from the package { $x } <b>"


def test_a_missing_word_is_a_mistake_of_ours() -> None:
    """And is not shown as an empty place."""
    with pytest.raises(MissingWordsError):
        words_for("en").say("no-such-key")
    with pytest.raises(MissingWordsError):
        words_for("en").say("now-incidents")


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr, zh;q=0.1", "zh"),
        ("de-DE", "en"), ("zh;q=0", "en"), (";;;,,,q=", "en"), ("zh;q=nonsense", "en"), ("ZH-Hant", "zh"),
    ],
)  # fmt: skip
def test_the_browser_chooses_the_language(accept: str, language: str) -> None:
    """By weight; English if it likes neither."""
    assert choose((), accept) == language


def test_a_choice_goes_before_the_browser() -> None:
    """First the address, then the cookie; unknown ones are passed over."""
    assert choose(("", "zh"), "en") == "zh"
    assert choose(("xx", ""), "en") == "en"
    assert set(LANGUAGES) == {"en", "zh"}
    assert words_for("fr").language == "en"


def test_a_sentence_without_values_is_put_together_once() -> None:
    """Tables say the same word on every row; with values each sentence is its own."""
    spoken = words.Words("en")
    first = spoken.say("nav-incidents")
    assert spoken.say("nav-incidents") is first
    assert spoken.say("ago-min", n=2) != spoken.say("ago-min", n=3)
