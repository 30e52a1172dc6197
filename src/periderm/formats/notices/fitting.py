"""Foreign text into the room that a product gives it: cut by characters or bytes, without what it would take for markup."""

from __future__ import annotations

CUT = "…"


def short(text: str, most: int) -> str:
    """At most so many characters."""
    return text if len(text) <= most else text[: most - 1] + CUT


def short_bytes(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, and whole characters."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return text
    return data[: most - len(CUT.encode())].decode("utf-8", "ignore") + CUT


def one_line(text: str) -> str:
    """Without line breaks and other control characters."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text).split())


def printed(text: str) -> str:
    """Its own line breaks stay; other control characters, and the marks that turn the direction of text, are shown as such."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
