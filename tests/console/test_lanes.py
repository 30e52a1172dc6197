"""The layout of an incident's picture."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.console.lanes import GUTTER, LABEL, MOST_LANES, MOST_STEPS, PAGE, picture
from periderm.model.alert import ProcessRecord
from periderm.model.attack import TACTICS
from periderm.model.effect import EffectRecord, EffectState, PauseContainer
from periderm.model.incident import ChainStep, FindingLink, Incident, IncidentState
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.story import SECOND, effect, incident

NOW = 1_795_600_000 * SECOND
BEGIN = NOW - 40 * SECOND
WORD = Text("a", "甲")


def test_steps_stand_in_time_and_in_their_lane() -> None:
    """Left to right as they happened, though their numbers follow the attack."""
    told = incident(BEGIN, NOW)
    drawn = picture(told, [effect(BEGIN)])
    rows = {lane.branch.process.key: lane.y for lane in drawn.lanes}
    by_time = sorted(drawn.steps, key=lambda s: told.chain[s.number - 1].time)
    assert [s.x for s in by_time] == sorted(s.x for s in drawn.steps)
    assert all(s.y == rows[told.chain[s.number - 1].process_key] for s in drawn.steps)
    assert drawn.hidden == 0


def test_the_server_began_before_the_picture_and_the_dropped_file_ends_in_a_cut() -> None:
    """What the reader must see at a glance."""
    drawn = picture(incident(BEGIN, NOW), [effect(BEGIN)])
    lanes = {lane.branch.process.pid: lane for lane in drawn.lanes}
    assert lanes[4101].earlier
    assert lanes[4101].open_end
    assert not lanes[4380].open_end
    assert [c.kind for c in drawn.cuts] == ["kill-at-exec"]
    cut = drawn.cuts[0]
    assert cut.y1 < lanes[4380].y < cut.y2
    assert cut.y2 - cut.y1 < 32


def test_a_pause_cuts_all_lanes() -> None:
    """From the first to the last."""
    pause = PauseContainer(
        id="eff-p", node_id="n", asset_id="c", reason=WORD, blast_radius=WORD, decided_by="user:ada", decided_at=NOW,
        container_id="c", runtime="podman",
    )  # fmt: skip
    applied = EffectRecord(effect=pause, state=EffectState.APPLIED, time=NOW)
    drawn = picture(incident(BEGIN, NOW), [applied])
    assert [c.kind for c in drawn.cuts] == ["pause-container"]
    assert drawn.cuts[0].y1 <= drawn.lanes[0].y
    assert drawn.cuts[0].y2 >= drawn.lanes[-1].y
    ordered = msgspec.structs.replace(applied, state=EffectState.ORDERED)
    assert picture(incident(BEGIN, NOW), [ordered]).cuts == ()


def test_tactics_are_bands_in_the_order_of_an_attack() -> None:
    """Each that occurs, once, impact last."""
    told = incident(BEGIN, NOW)
    drawn = picture(told)
    order = [t.id for t in TACTICS]
    assert [b.tactic for b in drawn.bands] == sorted({s.tactic for s in told.chain}, key=order.index)
    assert drawn.bands[-1].name.en == "Impact"
    assert all(b.x1 < b.x2 for b in drawn.bands)


def test_findings_stand_at_the_left_edge_of_the_lane_they_concern() -> None:
    """Those that bear on the whole incident at the first lane; what finds no room is counted."""
    told = incident(BEGIN, NOW)
    links = tuple(FindingLink(finding_id=f"f{i}", why=WORD, alert_id="") for i in range(5))
    shell = FindingLink(finding_id="f9", why=WORD, alert_id="alt-shell")
    drawn = picture(msgspec.structs.replace(told, findings=(*links, shell)))
    assert drawn.lanes[0].findings == (1, 2, 3)
    assert drawn.lanes[0].more_findings == 2
    assert next(lane for lane in drawn.lanes if lane.branch.process.key == 3).findings == (6,)
    assert drawn.left == 3 * GUTTER + LABEL


process = st.builds(
    ProcessRecord,
    key=st.integers(0, 60),
    parent=st.integers(0, 60),
    pid=st.integers(0, 99999),
    exe=st.text(max_size=5),
    started=st.integers(0, 2**62),
    ended=st.integers(0, 2**62),
    killed=st.booleans(),
)
step = st.builds(
    ChainStep,
    alert_id=st.text(max_size=3),
    detector=st.just("RUN-1"),
    tactic=st.sampled_from(["TA0001", "TA0040", "TA0002", "odd", ""]),
    technique=st.just("T1"),
    time=st.integers(0, 2**62),
    title=st.just(WORD),
    message=st.just(WORD),
    severity=st.sampled_from(list(Severity)),
    process_key=st.integers(0, 70),
)


@given(st.lists(process, max_size=80, unique_by=lambda p: p.key), st.lists(step, max_size=70))
def test_any_incident_can_be_drawn(processes: list[ProcessRecord], steps: list[ChainStep]) -> None:
    """Bounded, inside of its frame, each mark at its own place, whatever an agent sends."""
    told = Incident(
        id="i", title=WORD, summary=WORD, severity=Severity.LOW, reasons=(), state=IncidentState.NEW, node_id="n",
        asset_id="a", chain=tuple(steps), processes=tuple(processes), findings=(), effects=(), first_time=0, last_time=0,
    )  # fmt: skip
    drawn = picture(told)
    assert len(drawn.lanes) <= MOST_LANES
    assert len(drawn.lanes) + drawn.hidden == len(processes)
    assert len(drawn.steps) == min(len(steps), MOST_STEPS)
    assert PAGE <= drawn.width < 20_000
    for mark in drawn.steps:
        assert 0 < mark.x <= drawn.width
    for lane in drawn.lanes:
        assert 0 < lane.y < drawn.height
        assert lane.x1 <= lane.x2 <= drawn.width
    places = [(s.x, s.y) for s in drawn.steps]
    assert len(set(places)) == len(places)


def test_of_too_many_processes_those_that_acted_are_shown() -> None:
    """With their ancestors; the rest is counted."""
    told = incident(BEGIN, NOW)
    noise = tuple(ProcessRecord(key=100 + i, parent=1, pid=9000 + i, exe="/bin/true", started=BEGIN + i) for i in range(200))
    drawn = picture(msgspec.structs.replace(told, processes=(*noise, *told.processes)))
    shown = {lane.branch.process.key for lane in drawn.lanes}
    assert {1, 2, 3, 4, 5, 6} <= shown
    assert len(shown) == MOST_LANES
    assert drawn.hidden == 206 - MOST_LANES
