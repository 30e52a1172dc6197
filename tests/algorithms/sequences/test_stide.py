"""STIDE: shares of windows, counted by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.sequences.grams import numbers
from periderm.algorithms.sequences.stide import learn

TRACES = st.lists(st.lists(st.integers(0, 5), max_size=20), max_size=5)


def test_counts_windows_that_were_never_seen() -> None:
    """Of five windows of two, those with the new call are two."""
    stide = learn([numbers([1, 2, 3, 1, 2, 3])], 2)
    assert stide.score(numbers([1, 2, 3, 9, 1, 2])) == 2 / 5


def test_what_is_shorter_than_a_window_says_nothing() -> None:
    """Neither as ordinary behaviour nor as a question."""
    assert learn([numbers([1, 2])]).score(numbers([7, 7])) == 0
    assert learn([]).score(numbers([1] * 6)) == 1


def test_a_loop_counts_once_among_kinds() -> None:
    """Of 102 windows nearly all are the same new two; of the unlike ones three of five are new."""
    stide = learn([numbers([1, 2, 3])], 2)
    looped = numbers([1, 2, 3, *[8, 9] * 50])
    assert stide.score(looped) > 0.95
    assert stide.kinds(looped) == 3 / 5
    assert stide.kinds(numbers([1])) == 0


def test_without_order_turns_taken_otherwise_are_nothing_new() -> None:
    """The same calls in another order are new ways and known company; another share of them is new company."""
    seen = [numbers([1, 2, 3, 4])]
    other = numbers([3, 1, 4, 2])
    assert learn(seen, 4).score(other) == 1
    assert learn(seen, 4, order=False).score(other) == 0
    assert learn(seen, 4, order=False).kinds(numbers([1, 2, 3, 3])) == 1
    assert learn(seen, 9, order=False).score(other) == 0


@given(TRACES, st.lists(st.integers(0, 5), max_size=20), st.integers(1, 4))
def test_is_the_share_that_a_set_would_say(traces: list[list[int]], asked: list[int], window: int) -> None:
    """Against the definition, with plain sets."""

    def cut(trace: list[int]) -> list[tuple[int, ...]]:
        return [tuple(trace[at : at + window]) for at in range(len(trace) - window + 1)]

    known = {each for trace in traces for each in cut(trace)}
    own = cut(asked)
    want = sum(each not in known for each in own) / len(own) if own else 0.0
    assert abs(learn([numbers(trace) for trace in traces], window).score(numbers(asked)) - want) < 1e-12
