"""Numbers for runs of calls: every run of n equal calls has the same 64 bits. Knows no model and judges nothing.

A run's number is a polynomial over the calls' mixed values modulo 2^64, so that all runs of one length take one
multiplication and one addition each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Calls = NDArray[np.int64]
Codes = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_BASE = np.uint64(0xD6E8FEB86659FD93)


def mixed(values: NDArray[np.int64] | Codes) -> Codes:
    """Each value spread over 64 bits (splitmix64, public domain, by Sebastiano Vigna)."""
    bits = values.astype(np.uint64) + _STEP
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return np.asarray(bits ^ (bits >> np.uint64(31)), np.uint64)


def runs(calls: Calls, longest: int) -> Iterator[Codes]:
    """For n = 1, 2 … `longest`: the numbers of all runs of n calls, by where they begin (fewer for longer ones)."""
    values = mixed(calls)
    codes = values
    yield codes
    for length in range(2, longest + 1):
        if length > len(values):
            yield codes[:0]
            continue
        codes = codes[:-1] * _BASE + values[length - 1 :]
        yield codes


def mixtures(calls: Calls, length: int) -> Codes:
    """The numbers of all runs of `length` calls, by where they begin, where the order within a run does not matter."""
    if len(calls) < length:
        return np.empty(0, np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed(calls), dtype=np.uint64)])  # modulo 2^64, as in `runs`
    return np.asarray(sums[length:] - sums[:-length], np.uint64)


def present(table: Codes, codes: Codes) -> NDArray[np.bool_]:
    """Which codes are in the sorted table."""
    if not len(table):
        return np.zeros(len(codes), bool)
    at = np.searchsorted(table, codes)
    return np.asarray(table[np.minimum(at, len(table) - 1)] == codes, bool)


def numbers(trace: Sequence[int]) -> Calls:
    """A trace as an array."""
    return np.asarray(trace, np.int64)
