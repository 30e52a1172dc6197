"""The prefilter: each condition alone lets a row through, and nothing else does."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.detectors import kernel_module
from periderm.engines.runtime.judging import Detector, Interest, Where
from periderm.engines.runtime.prefilter import Prefilter
from periderm.engines.runtime.scene import HOST, SHOP, batch_of, row
from periderm.model.event import Event, EventBatch, EventFlag, EventKind


def detector(*interests: Interest) -> Detector:
    """A detector that only has interests."""
    return Detector(spec=kernel_module.DETECTOR.spec, interests=interests, judge=lambda _: None)


def offered(interest: Interest, event: Event) -> bool:
    """Whether the row is offered."""
    prefilter, batch = Prefilter((detector(interest),)), batch_of((event,))
    selected = prefilter.select(batch)
    bits = list(prefilter.bits(batch, np.arange(1)))
    assert bool(selected[0]) == bool(bits[0])
    return bool(selected[0])


EXEC = (EventKind.EXEC,)
CASES = [
    (Interest(kinds=EXEC), row(EventKind.EXEC, 1, "x"), True),
    (Interest(kinds=EXEC), row(EventKind.OPEN, 1, "x"), False),
    (Interest(kinds=EXEC, text=("^/a$",)), row(EventKind.EXEC, 1, "/a"), True),
    (Interest(kinds=EXEC, text=("^/a$",)), row(EventKind.EXEC, 1, "/b", raw="/a"), True),
    (Interest(kinds=EXEC, text=("^/a$",)), row(EventKind.EXEC, 1, "/ab", raw="/b/a"), False),
    (Interest(kinds=EXEC, text=("^/a$",)), row(EventKind.EXEC, 1, "/b", argv=("/a",), exe="/a"), False),
    (Interest(kinds=EXEC, args=("^sh\\x00-c",)), row(EventKind.EXEC, 1, "/b", argv=("sh", "-c")), True),
    (Interest(kinds=EXEC, exe=("nc$",)), row(EventKind.EXEC, 1, "/b", exe="/nc"), True),
    (Interest(kinds=EXEC, flags=EventFlag.UPPER), row(EventKind.EXEC, 1, flags=EventFlag.UPPER | EventFlag.TTY), True),
    (Interest(kinds=EXEC, flags=EventFlag.UPPER), row(EventKind.EXEC, 1, flags=EventFlag.TTY), False),
    (Interest(kinds=EXEC, arg0=0x6), row(EventKind.EXEC, 1, arg0=4), True),
    (Interest(kinds=EXEC, arg0=0x6), row(EventKind.EXEC, 1, arg0=8), False),
    (Interest(kinds=EXEC, ports=frozenset({3333})), row(EventKind.EXEC, 1, port=3333), True),
    (Interest(kinds=EXEC, ports=frozenset({3333})), row(EventKind.EXEC, 1, port=3334), False),
    (Interest(kinds=EXEC, where=Where.CONTAINER), row(EventKind.EXEC, 1, on=HOST), False),
    (Interest(kinds=EXEC, where=Where.NODE), row(EventKind.EXEC, 1, on=SHOP), False),
    (Interest(kinds=EXEC, where=Where.NODE), row(EventKind.EXEC, 1, on=HOST), True),
    (Interest(kinds=EXEC, drifted=True), row(EventKind.EXEC, 1, "x"), False),
    (Interest(kinds=EXEC, text=("^/é$",)), row(EventKind.EXEC, 1, "/é"), True),
    (Interest(kinds=EXEC, text=("^/a$",)), row(EventKind.EXEC, 1, "/x\n/a"), True),
]


@pytest.mark.parametrize(("interest", "event", "expected"), CASES)
def test_each_condition(interest: Interest, event: Event, expected: bool) -> None:
    """One at a time. A line end in a name may only let more through."""
    assert offered(interest, event) == expected


@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6))
def test_strings_are_looked_at_as_the_table_grows(steps: list[list[str]]) -> None:
    """Each string is judged by itself, whatever its neighbours hold and however the table grew."""
    prefilter = Prefilter((detector(Interest(kinds=EXEC, text=("a",))),))
    table = [""]
    for new in steps:
        table.extend(new)
        rows = batch_of((row(EventKind.EXEC, 1),)).rows.repeat(len(table))
        rows["text"] = np.arange(len(table))
        hot = prefilter.select(EventBatch(rows, table, (HOST, SHOP), generation=4))
        assert hot.tolist() == ["a" in text for text in table]


def test_another_generation_forgets_the_table() -> None:
    """The same number then names another string."""
    prefilter = Prefilter((detector(Interest(kinds=EXEC, text=("^a$",))),))
    first = batch_of((row(EventKind.EXEC, 1, "a"),), generation=1)
    second = batch_of((row(EventKind.EXEC, 1, "b"),), generation=2)
    assert [bool(prefilter.select(batch)[0]) for batch in (first, second, first)] == [True, False, True]


def test_many_interests_are_told_apart() -> None:
    """There may be any number of interests; each row is offered to exactly the detectors that asked for it."""
    many = [
        Detector(
            spec=msgspec.structs.replace(kernel_module.DETECTOR.spec, id=f"RUN-{n}"),
            interests=(
                Interest(kinds=EXEC, text=(f"^/p{n}$",)),
                Interest(kinds=(EventKind.CONNECT,), ports=frozenset({n + 1})),
            ),
            judge=lambda _: None,
        )
        for n in range(300)
    ]
    prefilter = Prefilter(many)
    events = [row(EventKind.EXEC, 1, f"/p{n}") for n in range(300)]
    events += [row(EventKind.CONNECT, 1, f"/p{n}", port=n + 1) for n in range(300)]
    batch = batch_of(tuple(events))
    assert prefilter.select(batch).all()
    asked = [[d.spec.id for d in prefilter.detectors(bits)] for bits in prefilter.bits(batch, np.arange(600))]
    assert asked == [[f"RUN-{n}"] for n in range(300)] * 2


@given(st.lists(st.sampled_from(["a", "b", "ab", "c", ""]), max_size=20))
def test_more_classes_than_the_table_holds(names: list[str]) -> None:
    """When there are too many classes they are made anew, and nothing is held back."""
    prefilter = Prefilter((detector(Interest(kinds=EXEC, text=("a",)), Interest(kinds=EXEC, text=("b",))),))
    table = [""]
    for name in names:
        table.append(name)
        prefilter._classes.extend([0] * 40_000)
        rows = batch_of((row(EventKind.EXEC, 1),)).rows.repeat(len(table))
        rows["text"] = np.arange(len(table))
        hot = prefilter.select(EventBatch(rows, table, (HOST, SHOP)))
        assert hot.tolist() == [bool({"a", "b"} & set(text)) for text in table]
