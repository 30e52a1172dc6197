"""An understood condition held against the facts of one thing in memory. Asks no store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from periderm.model.search import Compare, Condition, Either, Every, Match, Not, Word
from periderm.model.search_fields import BY_NAME, Takes

Facts = Mapping[str, Sequence[str]]
_NUMBERS = (Takes.LEVEL, Takes.TIME, Takes.NUMBER)


def fits(condition: Condition, facts: Facts, words: str) -> bool:
    """`facts` are the values of each field (digits for what is compared); what is missing fits nothing. `words` is what free
    words are looked for in, with its case folded."""
    match condition:
        case Word(text=text):
            return text.casefold() in words
        case Match():
            return any(_holds(condition, told) for told in facts.get(condition.field, ()))
        case Not(of=inner):
            return not fits(inner, facts, words)
        case Every(of=several):
            return all(fits(one, facts, words) for one in several)
        case Either(of=several):
            return any(fits(one, facts, words) for one in several)


def pattern(value: str) -> Callable[[str], bool]:
    """Whether a name is this value, in which '*' stands for anything; without regard to case. Linear in the name."""
    low = value.casefold()
    if "*" not in low:
        return lambda name: name.casefold() == low
    parts = low.split("*")
    first, last = parts[0], parts[-1]

    def like(name: str) -> bool:
        told = name.casefold()
        if len(told) < len(first) + len(last) or not told.startswith(first) or not told.endswith(last):
            return False
        at, end = len(first), len(told) - len(last)
        for part in parts[1:-1]:
            at = told.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return like


def _holds(match: Match, told: str) -> bool:
    if BY_NAME[match.field].takes not in _NUMBERS:
        return any(pattern(value)(told) for value in match.values)
    number, values = int(told), [int(value) for value in match.values]
    match match.compare:
        case Compare.IS:
            return number in values
        case Compare.LEAST:
            return number >= values[0]
        case Compare.MOST:
            return number <= values[0]
        case Compare.MORE:
            return number > values[0]
        case Compare.LESS:
            return number < values[0]
