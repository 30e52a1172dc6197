"""Entries of one baseline, made to be asked: is this behaviour normal, and by which entry. Learns and scores nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from periderm.algorithms.path_patterns import Patterns, matches
from periderm.model.behaviour import Aspect, Behaviour

_NONE: frozenset[str] = frozenset()
_ANY = ("*", "**")


class Values(Collection[str]):
    """Normal values of one program in one aspect; patterns among them. In a shape of arguments `*` is a word like others, and
    only '**' is a pattern."""

    __slots__ = ("_exact", "_literal", "_patterns")

    def __init__(self, *, literal: bool = False) -> None:
        self._exact: set[str] = set()
        self._literal = literal
        self._patterns: Patterns | None = None

    def __contains__(self, value: object) -> bool:
        return value in self._exact

    def __iter__(self) -> Iterator[str]:
        return iter(self._exact)

    def __len__(self) -> int:
        return len(self._exact)

    def add(self, value: str) -> None:
        """One more."""
        self._exact.add(value)
        self._patterns = None

    def discard(self, value: str) -> None:
        """One less."""
        self._exact.discard(value)
        self._patterns = None

    def find(self, value: str) -> str | None:
        """The value or pattern that it falls under."""
        if value in self._exact:
            return value
        if "**" in self._exact:
            return "**"
        if self._literal:
            return None
        if "*" in self._exact:
            return "*"
        if self._patterns is None:
            self._patterns = Patterns(each for each in self._exact if "*" in each or "/" in each)
        return self._patterns.find(value)


class Entries:
    """All normal behaviour of one workload by aspect and program. `programs` are those that may run (patterns among
    them), `users` those that any of them runs as."""

    def __init__(self, behaviours: Iterable[Behaviour] = ()) -> None:
        self.values: dict[tuple[Aspect, str], Values] = {}
        self.programs: dict[str, None] = {}
        self.users: dict[int, int] = {}  # how many programs run as each
        self._loose: dict[Aspect, list[str]] = {}  # programs that are patterns
        self._count = 0
        for behaviour in behaviours:
            self.add(behaviour)

    def __len__(self) -> int:
        return self._count

    def add(self, behaviour: Behaviour) -> None:
        """One more entry."""
        key = (behaviour.aspect, behaviour.program)
        values = self.values.get(key)
        if values is None:
            values = self.values[key] = Values(literal=behaviour.aspect is Aspect.ARGUMENTS)
            if "*" in behaviour.program:
                loose = self._loose.setdefault(behaviour.aspect, [])
                loose.append(behaviour.program)
                loose.sort(key=lambda program: (-len(program), program))  # the order of learning makes no difference
        if behaviour.value not in values:
            values.add(behaviour.value)
            self._count += 1
            if behaviour.aspect is Aspect.PROGRAM:
                self.programs[behaviour.program] = None
            elif behaviour.aspect is Aspect.USER and behaviour.value.isdecimal():
                self.users[int(behaviour.value)] = self.users.get(int(behaviour.value), 0) + 1

    def discard(self, behaviour: Behaviour) -> None:
        """One entry less."""
        values = self.values.get((behaviour.aspect, behaviour.program))
        if values is not None and behaviour.value in values:
            values.discard(behaviour.value)
            self._count -= 1
            if behaviour.aspect is Aspect.PROGRAM:
                self.programs.pop(behaviour.program, None)
            elif behaviour.aspect is Aspect.USER and behaviour.value.isdecimal():
                left = self.users.get(int(behaviour.value), 1) - 1
                self.users[int(behaviour.value)] = left
                if not left:
                    del self.users[int(behaviour.value)]

    def find(self, behaviour: Behaviour) -> Behaviour | None:
        """The entry by which it is normal, or None."""
        aspect, program, value = behaviour.aspect, behaviour.program, behaviour.value
        values = self.values.get((aspect, program))
        found = None if values is None else values.find(value)
        if found is not None:
            return behaviour if found == value else Behaviour(aspect, program, found)
        for loose in self._loose.get(aspect, ()):
            if loose != program and (loose in _ANY or matches(loose, program)):
                found = self.values[aspect, loose].find(value)
                if found is not None:
                    return Behaviour(aspect, loose, found)
        return None

    def of(self, aspect: Aspect, program: str) -> Collection[str]:
        """The normal values of a program."""
        return self.values.get((aspect, program), _NONE)

    def view(self) -> Mapping[tuple[Aspect, str], Collection[str]]:
        """All values by aspect and program."""
        return self.values
