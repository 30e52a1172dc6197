"""A text that a plain regular expression matches, for tests to begin with. It guesses: whoever asks checks it."""

from __future__ import annotations

import re

_COUNT = re.compile(r"(\d{1,2})(?:,\d{0,3})?\}")
LONGEST = 500


def matching(pattern: str) -> str:  # noqa: PLR0912 -- one branch for each sign
    """A text that a plain regular expression matches; '' if it is not a plain one. What is made is checked by who asks."""
    out: list[str] = []
    groups: list[int] = []
    last = 0
    at = 0
    while at < len(pattern) and len(out) < LONGEST:
        c = pattern[at]
        at += 1
        if c in "^$":
            continue
        if c == "(":
            groups.append(len(out))
            at += 2 if pattern.startswith("?:", at) else 0
        elif c == ")" and groups:
            last = groups.pop()
        elif c == "|":
            at = _closing(pattern, at)  # the first alternative is enough
        elif c in "*?":
            del out[last:]
        elif c == "{" and (counted := _COUNT.match(pattern, at)) is not None:
            at = counted.end()
            out.extend(out[last:] * (int(counted[1]) - 1))
            if not int(counted[1]):
                del out[last:]
        elif c == "+":
            continue
        else:
            last = len(out)
            if c == "[":
                end = pattern.find("]", at + 1)
                inner = pattern[at:end] if end > 0 else ""
                out.append("a" if inner.startswith("^") or not inner else inner[0])
                at = end + 1 if end > 0 else len(pattern)
            elif c == "\\" and at < len(pattern):
                out.append({"d": "1", "w": "a", "s": " "}.get(pattern[at], pattern[at]))
                at += 1
            else:
                out.append("a" if c == "." else c)
    return "".join(out)


def _closing(pattern: str, at: int) -> int:
    """The place of the bracket that closes the group in which `at` is, or the end."""
    depth = 0
    for place in range(at, len(pattern)):
        depth += (pattern[place] == "(") - (pattern[place] == ")")
        if depth < 0:
            return place
    return len(pattern)
