"""Traces of made-up programs: each goes through its own small automaton, the same for the same seed."""

from __future__ import annotations

import numpy as np

from periderm.algorithms.sequences.grams import Calls

OPENS = (12, 9, 21, 257, 5, 9, 3, 158)


def program(kind: int, seed: int, rounds: int = 30) -> Calls:
    """A trace of the program `kind`: a common start, then loops of its own calls whose number and breaks vary."""
    chance = np.random.default_rng((kind, seed))
    own = [100 + 7 * kind + step for step in range(5)]
    calls = list(OPENS)
    for _ in range(rounds + int(chance.integers(10))):
        calls += own if chance.random() < 0.8 else [own[0], 0, 1, own[4]]
    return np.array(calls, np.int64)


def ordinary(count: int, kinds: int = 4) -> list[Calls]:
    """Traces of several programs, one after the other."""
    return [program(seed % kinds, seed) for seed in range(count)]


def attacked(kind: int, seed: int) -> Calls:
    """The program goes its ways, and in their midst something else that uses calls which others use too."""
    trace = program(kind, seed)
    half = len(trace) // 2
    return np.concatenate([trace[:half], np.array([41, 42, 33, 33, 33, 59, 257, 0, 1, 61] * 4, np.int64), trace[half:]])
