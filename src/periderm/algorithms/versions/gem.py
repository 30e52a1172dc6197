"""RubyGems' order of versions. Knows no platforms: '1.2.3-x86_64-linux' must be cut before.

Source: rubygems, lib/rubygems/version.rb: words are less than numbers, so any letter makes a pre-release; what is not
there is 0; '-' is '.pre.'.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import is_number, number

_VERSION = re.compile(r"[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_SEGMENTS = re.compile(r"[0-9]+|[A-Za-z]+")
# A zero is what an end is. Whether it is less or more than the end is decided by what comes after it.
_WORD, _ZERO_DOWN, _END, _ZERO_UP, _NUMBER = "\x01", "\x02", "\x03", "\x04", "\x05"
_WORD_END = "\x00"


def key(text: str) -> str | None:
    """The key, None for what RubyGems refuses. '' is '0', as there."""
    text = text.strip()
    if text and _VERSION.fullmatch(text) is None:
        return None
    segments = [s.lstrip("0") if is_number(s) else s for s in _SEGMENTS.findall(text.replace("-", ".pre."))]
    first = next((i for i, s in enumerate(segments) if s.isalpha()), len(segments))
    numbers, rest = segments[:first], segments[first:]
    for part in (numbers, rest):
        while part and not part[-1]:
            part.pop()
    out = [_END]
    zero = _END
    for segment in reversed(numbers + rest):
        if not segment:
            out.append(zero)
        elif segment.isalpha():
            out.append(_WORD + segment + _WORD_END)
            zero = _ZERO_DOWN
        else:
            out.append(_NUMBER + number(segment))
            zero = _ZERO_UP
    out.reverse()
    return "".join(out)


def valid(text: str) -> bool:
    """Whether RubyGems takes it."""
    return key(text) is not None
