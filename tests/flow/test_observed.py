"""Rows that the sensor does not send."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.flow.observed import FIRST_GENERATION, MOST_MET, Meeting, batch_of
from periderm.model.event import Event, EventFlag, EventKind, HostState
from tests.flow.conftest import CONTAINER, NODE, T0


@given(
    text=st.text(), arguments=st.lists(st.text(st.characters(blacklist_characters="\0"), min_size=1)), number=st.integers(0, 9)
)
def test_a_batch_gives_back_its_events(text: str, arguments: list[str], number: int) -> None:
    """Whatever names hold; the node stays subject 0."""
    events = [
        Event(
            kind=EventKind.HOST_STATE, subject=NODE, time=T0, raw=HostState.TAINT, text=text, argv=tuple(arguments), arg0=number
        ),
        Event(kind=EventKind.CPU_USE, subject=CONTAINER, time=T0 + 1, text="", arg0=95, arg1=60, pid=7),
    ]
    batch = batch_of(NODE, events, FIRST_GENERATION)
    assert [batch.event(i) for i in range(2)] == events
    assert batch.subjects[0] == NODE


def test_each_container_is_met_once() -> None:
    """Again only after so many others that it is forgotten; those of before the agent are marked."""
    meeting = Meeting()
    (row,) = meeting.meet([CONTAINER], T0, existing=True)
    assert (row.kind, row.pid, row.subject, row.flags) == (EventKind.CONTAINER, CONTAINER.pid, CONTAINER, EventFlag.FROM_PROC)
    assert meeting.meet([CONTAINER], T0) == []
    others = [msgspec.structs.replace(CONTAINER, id=f"other-{number}") for number in range(MOST_MET)]
    rows = meeting.meet(others, T0)
    assert len({r.process for r in rows} | {row.process}) == MOST_MET + 1
    assert [r.process for r in meeting.meet([CONTAINER], T0)] == [row.process]
