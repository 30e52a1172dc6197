"""Strings by number, and numbers by key: what lets a batch be decoded without touching the strings met before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]
EMPTY = 0xFFFFFFFFFFFFFFFF


class StringTable:
    """Each different string once; number 0 is ''. `size` is about its bytes, to know when it is full."""

    def __init__(self) -> None:
        self._strings: list[str] = [""]
        self._numbers: dict[str, int] = {"": 0}
        self.size = 0

    @property
    def strings(self) -> Sequence[str]:
        """All strings; only ever appended to."""
        return self._strings

    def number(self, string: str) -> int:
        """The string's number, new if it was not met before."""
        number = self._numbers.get(string)
        if number is None:
            number = self._numbers[string] = len(self._strings)
            self._strings.append(string)
            self.size += len(string) + 64
        return number


class Cache:
    """(key, second key) to `width` numbers, looked up for a whole column at once.

    A table in numpy, with two places for each key, answers nearly all; a dictionary behind it answers what found none.
    """

    def __init__(self, slots: int, width: int) -> None:
        self._mask = np.uint64(slots - 1)
        self._first: Keys = np.zeros(slots, np.uint64)
        self._second: Keys = np.full(slots, np.uint64(EMPTY))
        self._values: list[Numbers] = [np.zeros(slots, np.uint32) for _ in range(width)]
        self._all: dict[tuple[int, int], tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def get(self, first: Keys, second: Keys) -> tuple[list[Numbers], list[int]]:
        """`width` columns, and the indices of the rows that are not known (their numbers are to be filled in)."""
        slots = self._slots(first, second)
        known = (self._first[slots] == first) & (self._second[slots] == second)
        columns = [values[slots] for values in self._values]
        if known.all():
            return columns, []
        rest = np.nonzero(~known)[0]
        slots = self._other(first[rest], slots[rest])
        known = (self._first[slots] == first[rest]) & (self._second[slots] == second[rest])
        for column, values in zip(columns, self._values, strict=True):
            column[rest[known]] = values[slots[known]]
        missing: list[int] = []
        for index in rest[~known].tolist():
            numbers = self._all.get((int(first[index]), int(second[index])))
            if numbers is None:
                missing.append(index)
                continue
            for column, number in zip(columns, numbers, strict=True):
                column[index] = number
        return columns, missing

    def put(self, first: int, second: int, numbers: tuple[int, ...]) -> None:
        """Remembers the numbers of a key, in the first of its two places that is free."""
        self._all[first, second] = numbers
        mixed = first ^ (first >> 29) ^ (second * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
        slot = (mixed ^ (mixed >> 15)) & int(self._mask)
        if int(self._second[slot]) != EMPTY:
            slot = ((first >> 40) ^ slot * 0x9E3779B1) & int(self._mask)
        self._first[slot], self._second[slot] = first, second
        for values, number in zip(self._values, numbers, strict=True):
            values[slot] = number

    def _slots(self, first: Keys, second: Keys) -> npt.NDArray[np.int64]:
        mixed = first ^ (first >> np.uint64(29)) ^ (second * np.uint64(0x9E3779B97F4A7C15))
        slots: npt.NDArray[np.int64] = ((mixed ^ (mixed >> np.uint64(15))) & self._mask).astype(np.int64)
        return slots

    def _other(self, first: Keys, slots: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The second place of keys whose first place is taken."""
        mixed = (first >> np.uint64(40)) ^ slots.astype(np.uint64) * np.uint64(0x9E3779B1)
        other: npt.NDArray[np.int64] = (mixed & self._mask).astype(np.int64)
        return other
