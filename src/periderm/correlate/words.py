"""Foreign names made fit for a sentence, and lists joined as each language does. It knows nothing of attacks."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.model.severity import Severity
from periderm.model.text import Text

SEVERITY_WORDS: dict[Severity, Text] = {
    Severity.UNKNOWN: Text("of unknown severity", "严重程度未知"),
    Severity.INFORMATIONAL: Text("informational", "提示"),
    Severity.LOW: Text("low", "低"),
    Severity.MEDIUM: Text("medium", "中"),
    Severity.HIGH: Text("high", "高"),
    Severity.CRITICAL: Text("critical", "严重"),
}


def plain(foreign: str, limit: int = 80) -> str:
    """A foreign string in one line of at most `limit` characters (at least 3): what cannot be printed (controls,
    right-to-left marks, lone surrogates) becomes '?', and the middle of what is too long becomes '…'."""
    if len(foreign) > limit:
        head = (limit - 1) // 2
        foreign = f"{foreign[: limit - 1 - head]}…{foreign[len(foreign) - head :]}"
    if foreign.isprintable():
        return foreign
    return "".join(letter if letter.isprintable() else "?" for letter in foreign)


def sentence(text: Text, limit: int = 300) -> Text:
    """Both languages of a text, made plain."""
    return Text(plain(text.en, limit), plain(text.zh, limit))


def name_of(path: str, limit: int = 40) -> str:
    """The last part of a path, made plain; '' for an empty one."""
    return plain(path.rstrip("/").rpartition("/")[2] or path, limit)


def join(phrases: Sequence[Text]) -> Text:
    """'a', 'a and b', 'a, b and c'; in Chinese with commas and a last 并."""
    if not phrases:
        return Text("", "")
    *first, last = phrases
    if not first:
        return last
    return Text(
        f"{', '.join(phrase.en for phrase in first)} and {last.en}",
        f"{'，'.join(phrase.zh for phrase in first)}，并{last.zh}",
    )


def counted(number: int, one: str, many: str) -> str:
    """'1 step', '3 steps'."""
    return f"{number:,} {one if number == 1 else many}"


def spaced(left: str, right: str) -> str:
    """Both with a space between them where Chinese meets Latin letters, as it is written."""
    return f"{left} {right}" if left[-1:].isascii() != right[:1].isascii() else f"{left}{right}"
