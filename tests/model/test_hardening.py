"""What a workload needs, and the proof."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.model.hardening import Measure, Proof, Refused


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans())))
def test_only_the_workload_itself_is_hurt(counts: list[tuple[int, bool]]) -> None:
    """What a session did is told and does not count against the measure."""
    refused = tuple(
        Refused(measure=Measure.PROGRAMS, program="a", what="b", count=count, first=1, last=2, session=session)
        for count, session in counts
    )
    proof = Proof(since=0, until=1, events=100, containers=1, refused=refused)
    assert proof.hurt == sum(count for count, session in counts if not session)
