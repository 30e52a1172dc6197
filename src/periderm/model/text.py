"""Words for people, in the languages that the product speaks."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

MISSING = "-"


class Text(msgspec.Struct, frozen=True, array_like=True):
    """One sentence or label in English and Chinese. Plain text: whoever renders it escapes it."""

    en: str
    zh: str

    def fill(self, /, **values: object) -> Text:
        """Put values into `{name}` places of both languages: a `Text` gives each its own words, all else is the same in both.
        Values are plain text and are never parsed again."""
        en, zh = _by_language(values)
        return Text(self.en.format(**en), self.zh.format(**zh))

    def fill_known(self, words: Mapping[str, object]) -> Text:
        """As `fill`; a place that nobody fills is written as a dash. For messages about what an attacker did: nothing that was
        forgotten in a detector or a user's rule may end the agent."""
        en, zh = _by_language(words)
        return Text(self.en.format_map(_Dashes(en)), self.zh.format_map(_Dashes(zh)))

    def pick(self, language: str) -> str:
        """The sentence in the language asked for; anything that does not begin with `zh` is English."""
        return self.zh if language.startswith("zh") else self.en


def _by_language(words: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    en = {name: word.en if isinstance(word, Text) else word for name, word in words.items()}
    zh = {name: word.zh if isinstance(word, Text) else word for name, word in words.items()}
    return en, zh


class _Dashes(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return MISSING


def encodable(text: str) -> str:
    """The same text with lone surrogates (bytes that were not UTF-8) written as \\udc80, which every encoder takes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def printable(text: str, limit: int) -> str:
    """One short line: the middle of long text is left out, what cannot be printed is written as an escape."""
    if len(text) > limit:
        text = f"{text[: limit // 2]}…{text[-(limit // 2 - 1) :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
