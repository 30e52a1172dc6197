"""Words for people, in the languages that the product speaks."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, array_like=True):
    """One sentence or label in English and Chinese. Plain text: whoever renders it escapes it."""

    en: str
    zh: str

    def fill(self, **values: object) -> Text:
        """Put values into `{name}` places of both languages (values are plain text and are never parsed again)."""
        return Text(self.en.format(**values), self.zh.format(**values))

    def pick(self, language: str) -> str:
        """The sentence in the language asked for; anything that does not begin with `zh` is English."""
        return self.zh if language.startswith("zh") else self.en
