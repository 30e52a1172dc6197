"""Makes text from outside fit to be shown: what cannot be seen becomes visible, so that a name cannot pose as another.

HTML is escaped by the templates (autoescape), not here.
"""

from __future__ import annotations

from unicodedata import category

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def visible(text: str) -> str:
    """Control and format characters (line breaks, bidirectional overrides, zero-width joiners) and lone surrogates
    become escapes like `\\u202e`; everything that has a shape stays as it is."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def harmless(value: object) -> object:
    """What a template is about to write: of a text that nobody made visible before, control and format characters and lone
    surrogates become escapes too. Line breaks and tabs stay, as does markup of our own."""
    if not isinstance(value, str) or value.isprintable() or hasattr(value, "__html__"):
        return value
    return "".join(c if c.isprintable() or c in "\n\r\t" or category(c) not in _UNSEEN else visible(c) for c in value)


def halves(text: str, tail: int = 16) -> tuple[str, str]:
    """Head and tail of a text that may be cut in its middle: the page shows the tail always, of the head what fits."""
    shown = visible(text)
    return (shown, "") if len(shown) <= tail + 8 else (shown[:-tail], shown[-tail:])


def clip(text: str, most: int) -> str:
    """At most `most` characters, cut in the middle; for pictures, where a letter has a known place."""
    shown = visible(text)
    if len(shown) <= most:
        return shown
    left = (most - 1) // 2
    return f"{shown[:left]}…{shown[len(shown) - (most - 1 - left) :]}"


def command_line(argv: tuple[str, ...], executable: str = "") -> str:
    """Arguments as a shell would need them: parts with spaces or nothing in them are quoted."""
    return " ".join(_quoted(part) for part in argv) if argv else executable


def _quoted(part: str) -> str:
    plain = part and all(c.isalnum() or c in "%+,-./:=@_~" for c in part)
    return part if plain else "'" + part.replace("'", "'\\''") + "'"


def build_step(created_by: str) -> str:
    """A build step as its author wrote it: without the shell that the builder put before it."""
    text = visible(created_by.removeprefix("/bin/sh -c ").removeprefix("#(nop) ").strip())
    return text.removesuffix("# buildkit").strip() or visible(created_by)
