"""The patterns of `${name#pattern}` and `${name/pattern/word}`: `*` and `?`, matched in time that grows with the text alone.

Source: BuildKit's Dockerfile reference, "Environment replacement", and what its shell package does at the edges: a backslash
makes `*`, `?`, itself, `}` and `/` plain, and any other ends the build; brackets are plain.
"""

from __future__ import annotations

_ANY = ""  # one character, whichever
Segment = tuple[str, ...]


def trimmed(value: str, sign: str, pattern: str) -> str | None:
    """The value without what a pattern matches at its begin ('#', '##') or its end ('%', '%%'): the least, or the most. None
    for what is no pattern."""
    segments = _segments(pattern)
    if segments is None or "\n" in value:
        return None
    longest = len(sign) == 2
    if sign[0] == "#":
        end = _match(value, 0, segments, longest=longest)
        return value if end is None else value[end:]
    backwards = [segment[::-1] for segment in reversed(segments)]
    end = _match(value[::-1], 0, backwards, longest=longest)
    return value if end is None else value[: len(value) - end]


def replaced(value: str, pattern: str, word: str, *, everywhere: bool) -> str | None:
    """The value with the word in place of the first match, or of all; each is as long as it can be. None for no pattern."""
    segments = _segments(pattern)
    # What an empty pattern matches, and a `$` in the word, are left to the regular expressions of the builder's language.
    if segments is None or not pattern or "\n" in value or (everywhere and "$" in word):
        return None
    out, at = [], 0
    while at < len(value):
        # Where the first segment stands first: a later place cannot match more.
        start = _find(value, at, segments[0])
        end = None if start is None else _match(value, start, segments, longest=True)
        if start is None or end is None:
            break
        out += [value[at:start], word]
        at = end
        if not everywhere:
            break
    return "".join([*out, value[at:]])


def _segments(pattern: str) -> list[Segment] | None:
    """What stands between the stars."""
    segments: list[list[str]] = [[]]
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            segments.append([])
        elif char == "?":
            segments[-1].append(_ANY)
        elif char != "\\":
            segments[-1].append(char)
        elif pattern[at : at + 1] in ("*", "?", "\\", "}", "/"):
            segments[-1].append(pattern[at])
            at += 1
        else:
            return None
    return [tuple(segment) for segment in segments]


def _match(value: str, at: int, segments: list[Segment], *, longest: bool) -> int | None:
    """Where a match that begins here ends. Between stars each segment is taken where it stands first, which leaves the most
    room; only the last decides how long the whole is."""
    if not _stands(value, at, segments[0]):
        return None
    end = at + len(segments[0])
    for number, segment in enumerate(segments[1:], 1):
        last = longest and number == len(segments) - 1
        found = _find_last(value, end, segment) if last else _find(value, end, segment)
        if found is None:
            return None
        end = found + len(segment)
    return end


def _stands(value: str, at: int, segment: Segment) -> bool:
    return at + len(segment) <= len(value) and all(
        one in (_ANY, char) for one, char in zip(segment, value[at : at + len(segment)], strict=True)
    )


def _find(value: str, at: int, segment: Segment) -> int | None:
    return next((n for n in range(at, len(value) - len(segment) + 1) if _stands(value, n, segment)), None)


def _find_last(value: str, at: int, segment: Segment) -> int | None:
    return next((n for n in range(len(value) - len(segment), at - 1, -1) if _stands(value, n, segment)), None)
