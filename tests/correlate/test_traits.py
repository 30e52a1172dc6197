"""What decides which alerts join, kept up to date: the same answers as of the incident put together again."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.correlate import grouping
from periderm.correlate.incident import build
from periderm.correlate.traits import Traits
from periderm.model.alert import Alert
from periderm.model.incident import IncidentState
from tests.correlate.cases import MINER, SHADOW_READ, SHELL_STARTED, STORY

change = msgspec.structs.replace
MINUTE = 60 * 10**9


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    """Like those of the story: elsewhere, at another time, of another behaviour, by an ancestor."""
    one: Alert = draw(st.sampled_from(STORY))
    at = one.time + draw(st.integers(-6, 6)) * 10 * MINUTE
    place = draw(st.sampled_from(({}, {"asset_id": "ctr-2", "container_id": "zzz"}, {"container_id": "", "asset_id": "nod-1"})))
    line = draw(st.sampled_from((one.lineage, one.lineage[1:], ())))
    workload = draw(st.sampled_from((one.workload_id, "")))
    name = f"alt-{draw(st.integers(0, 9))}-{one.id}"
    return change(
        one,
        id=name,
        time=at,
        last_time=at + draw(st.integers(0, 2)) * MINUTE,
        node_id=draw(st.sampled_from((one.node_id, "nod-9"))),
        detector=draw(st.sampled_from((one.detector, "RUN-099"))),
        lineage=line,
        workload_id=workload,
        **place,
    )


@given(
    st.lists(alerts(), min_size=1, max_size=6, unique_by=lambda one: one.id),
    alerts(),
    st.integers(1, 6),
    st.sampled_from(IncidentState),
)
def test_they_take_what_the_incident_takes(some: list[Alert], asked: Alert, first: int, state: IncidentState) -> None:
    """However many alerts were added to the incident that it began with."""
    began = change(build("inc-1", some[:first]), state=state)
    traits = Traits(began)
    whole = began
    for one in some[first:]:
        traits.add(one)
        whole = build("inc-1", [one], previous=whole)
    assert traits.takes(asked) is grouping.belongs(asked, whole)
    assert (traits.first, traits.last, traits.state) == (whole.first_time, whole.last_time, whole.state)


@pytest.mark.parametrize("one", [SHELL_STARTED, SHADOW_READ, MINER], ids=lambda one: one.detector)
def test_an_alert_told_of_again_is_its_own(one: Alert) -> None:
    """Whatever the clock says, and also of an incident that is closed."""
    traits = Traits(change(build("inc-1", [one]), state=IncidentState.FALSE_ALARM))
    assert traits.takes(change(one, time=one.time + 10**18, last_time=one.time + 10**18))
    assert not traits.takes(change(one, id="alt-another"))
