"""The console's own words, from Fluent catalogues, in English and Chinese. Foreign values are put in as plain text."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Sequence

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "zh")
BROWSER = {"en": "en", "zh": "zh-Hans"}


class MissingWordsError(LookupError):
    """A key that no catalogue has: a mistake of ours, which the tests find."""


class Words:
    """One language. `say('key', name=value)` gives plain text: whoever renders it escapes it."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.browser_language = BROWSER[language]
        # No isolation marks: they would travel into copied text; foreign text has its own visible escapes.
        self._said: dict[str, str] = {}  # sentences without values: as many as the catalogue has
        self._bundle = FluentBundle([self.browser_language], use_isolating=False)
        for name, text in catalogues(language):
            resource = FluentResource(text)
            self._bundle.add_resource(resource)
            del name

    def say(self, key: str, **values: object) -> str:
        """The sentence for a key. Raises MissingWordsError."""
        if values:
            return self._sentence(key, values)
        # A page says some hundred words, most of them on each of its rows.
        known = self._said.get(key)
        if known is None:
            known = self._said[key] = self._sentence(key, values)
        return known

    def _sentence(self, key: str, values: dict[str, object]) -> str:
        if not self._bundle.has_message(key):
            raise MissingWordsError(f"{self.language}: {key}")
        message = self._bundle.get_message(key)
        if message.value is None:
            raise MissingWordsError(f"{self.language}: {key} has no value")
        text, problems = self._bundle.format_pattern(message.value, values)
        if problems:
            raise MissingWordsError(f"{self.language}: {key}: {problems[0]}")
        return str(text)


def catalogues(language: str) -> list[tuple[str, str]]:
    """File names and texts of a language's catalogues."""
    folder = importlib.resources.files("periderm.console") / "locale" / language
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".ftl")), key=lambda f: f.name)
    return [(f.name, f.read_text(encoding="utf-8")) for f in files]


@functools.cache
def words_for(language: str) -> Words:
    """The catalogue of a language, read once."""
    return Words(language if language in LANGUAGES else "en")


def choose(wanted: Sequence[str], accept: str) -> str:
    """The first of `wanted` that exists, else the best of an Accept-Language header (RFC 9110, 12.5.4), else English."""
    for language in wanted:
        if language in LANGUAGES:
            return language
    best, best_weight = "en", 0.0
    for part in accept.split(",")[:20]:
        tag, _, parameter = part.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if primary in LANGUAGES and weight > best_weight:
            best, best_weight = primary, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    digits = value.replace(".", "", 1)
    return float(value) if digits.isascii() and digits.isdigit() and len(value) < 8 else 0.0
