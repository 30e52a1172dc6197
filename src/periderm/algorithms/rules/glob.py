"""Globs of names and paths: '*', '?', '**'. No character classes, no expansion, no files; the time is one pass over the
text, whatever the pattern is."""

from __future__ import annotations

from functools import lru_cache

import msgspec

LONGEST = 1_024  # characters of a pattern that count; longer ones match nothing


def matches(text: str, pattern: str, paths: bool = True) -> bool:
    """Whether all of the text matches: '?' is one character, '*' any number; with `paths` neither crosses '/', '**' does,
    and '**/' may also be nothing ('/usr/**/x' takes '/usr/x')."""
    if "*" not in pattern and "?" not in pattern:
        return text == pattern
    if len(pattern) > LONGEST:
        return False
    machine = _machine(pattern, paths)
    reached = _skip(1, machine)
    for c in text:
        slash = c == "/" and paths
        step = (reached & machine.letters.get(c, 0)) << 1
        if slash:
            step |= (reached & machine.inside) << 1 | (reached & machine.anything)
        else:
            step |= (reached & machine.one) << 1 | (reached & (machine.anything | machine.some))
        if not step:
            return False
        reached = _skip(step, machine)
    return bool(reached >> machine.end & 1)


class _Machine(msgspec.Struct, frozen=True):
    """The pattern as sets of places, a bit each: what leads on by a letter, by any one, what stays on anything or on
    anything but a slash, what leads on without a character (by one place or by two)."""

    letters: dict[str, int]
    one: int
    some: int
    anything: int
    inside: int
    skip_one: int
    skip_two: int
    end: int


@lru_cache(maxsize=2048)
def _machine(pattern: str, paths: bool) -> _Machine:
    letters: dict[str, int] = {}
    one = some = anything = inside = skip_one = skip_two = 0
    place = at = 0
    while at < len(pattern):
        c, bit = pattern[at], 1 << place
        at += 1
        if c == "?":
            one |= bit
        elif c != "*":
            letters[c] = letters.get(c, 0) | bit
        else:
            first = at - 1
            while pattern[at : at + 1] == "*":
                at += 1
            folders = pattern[at : at + 1] == "/" and (first == 0 or pattern[first - 1] == "/")
            if paths and at - first > 1 and folders:  # '**/': nothing, or whole folders
                at += 1
                skip_one |= bit
                skip_two |= bit
                anything |= bit << 1
                inside |= bit << 1
                place += 1
            elif paths and at - first == 1:
                some |= bit
                skip_one |= bit
            else:
                anything |= bit
                skip_one |= bit
        place += 1
    return _Machine(letters, one, some, anything, inside, skip_one, skip_two, place)


def _skip(reached: int, machine: _Machine) -> int:
    """With the places that are reached without a character."""
    while True:
        more = reached | (reached & machine.skip_one) << 1 | (reached & machine.skip_two) << 2
        if more == reached:
            return reached
        reached = more
