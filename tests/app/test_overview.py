"""The overview: what needs a person, and shares that do not lie about what is not known."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.incidents import change_state
from periderm.app.overview import SHARES, Memo, exposed, show_overview
from periderm.model.envelope import Heartbeat
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.finding import FindingKind
from periderm.model.fleet import JoinedNode
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.story import INCIDENT_ID, NODE_ID, FixedClock, container


def test_an_empty_store_is_quiet(empty: Application) -> None:
    """No division, no invented number."""
    state = show_overview(empty, LOCAL_ADMIN)
    assert (state.open_incidents, state.running, state.gap_total) == (0, 0, 0)
    assert state.urgent == ()
    assert set(state.findings.values()) == {0}


def test_what_is_not_scanned_is_not_known(told: Application) -> None:
    """Three of four containers are of the scanned image; the fourth is unknown, not fine."""
    state = show_overview(told, LOCAL_ADMIN)
    assert state.running == 4
    assert (state.high_findings.count, state.high_findings.unknown) == (3, 1)
    assert (state.shell.count, state.shell.unknown) == (3, 1)
    assert (state.root.count, state.root.unknown) == (3, 0)
    assert {name for _, name in state.shell.examples} == {"shop-web-1", "shop-web-2", "shop-web-3"}
    assert state.findings["high"] == 1
    assert state.findings["low"] == 2


def test_a_silent_agent_leaves_containers_without_a_sensor(told: Application, clock: FixedClock) -> None:
    """As soon as its last word is a minute old."""
    assert show_overview(told, LOCAL_ADMIN).no_sensor.count == 0
    clock.sleep(61)
    assert show_overview(told, LOCAL_ADMIN).no_sensor.count == 4


def test_machines_that_speak_have_names(told: Application) -> None:
    """The server's own heartbeat is of no machine; one that no asset is known of has its id."""
    now = told.clock.now()
    for role, node_id in (("server", ""), ("agent", "node-2")):
        told.store.put_heartbeat(Heartbeat(role=role, node_id=node_id, pid=5, time=now, version="1"))
    assert show_overview(told, LOCAL_ADMIN).machines == {NODE_ID: "shop-01", "node-2": "node-2"}


def test_a_machine_that_was_shown_out_is_waited_for_no_more(told: Application, clock: FixedClock) -> None:
    """Neither as one that speaks nor as one that fell silent."""
    beat = Heartbeat(role="agent", node_id="node-2", pid=5, time=told.clock.now(), version="1")
    told.store.put_heartbeat(beat)
    told.store.put_joined_node(JoinedNode(node_id="node-2", name="web-2", joined=1))
    assert beat in show_overview(told, LOCAL_ADMIN).heartbeats
    told.store.put_joined_node(JoinedNode(node_id="node-2", name="web-2", joined=1, revoked=2))
    clock.sleep(61)
    state = show_overview(told, LOCAL_ADMIN)
    assert state.machines == {NODE_ID: "shop-01"}
    assert {each.node_id for each in state.heartbeats} == {NODE_ID}


def test_only_running_containers_count(told: Application) -> None:
    """A stopped one is not exposed."""
    told.store.put_assets([msgspec.structs.replace(container(2, told.clock.now() + 1), running=False)])
    assert show_overview(told, LOCAL_ADMIN).running == 3


def test_handled_incidents_stay_and_resolved_ones_go(told: Application) -> None:
    """Acknowledged is still open."""
    assert [i.id for i in show_overview(told, LOCAL_ADMIN).urgent] == [INCIDENT_ID]
    change_state(told, LOCAL_ADMIN, INCIDENT_ID, IncidentState.ACKNOWLEDGED)
    assert show_overview(told, LOCAL_ADMIN).open_incidents == 1
    change_state(told, LOCAL_ADMIN, INCIDENT_ID, IncidentState.FALSE_ALARM)
    assert show_overview(told, LOCAL_ADMIN).open_incidents == 0


def test_the_memo_changes_no_answer(told: Application) -> None:
    """Facts of a digest never change, so keeping them is safe."""
    memo: Memo = {}
    first = show_overview(told, LOCAL_ADMIN, memo)
    assert memo
    assert show_overview(told, LOCAL_ADMIN, memo) == first == show_overview(told, LOCAL_ADMIN)


def test_reading_needs_its_permission(told: Application) -> None:
    """Nobody reads without READ."""
    with pytest.raises(DeniedError):
        show_overview(told, Principal("user:nobody", frozenset()))


def test_each_share_can_be_looked_into(told: Application) -> None:
    """As many as it counts, then those that are not known; vulnerabilities are told apart from other findings."""
    state = show_overview(told, LOCAL_ADMIN)
    counted = (state.vulnerable, state.high_findings, state.shell, state.root, state.no_sensor)
    for name, share in zip(SHARES, counted, strict=True):
        answers = [answer for _, answer in exposed(told, LOCAL_ADMIN, name)]
        assert answers == [True] * share.count + [None] * share.unknown
    assert (state.vulnerable.count, state.high_findings.count) == (0, 3)
    (secret,) = told.store.findings(Query(severity_at_least=Severity.HIGH)).items
    told.store.put_findings([msgspec.structs.replace(secret, id="fnd-cve", kind=FindingKind.VULNERABILITY)])
    assert show_overview(told, LOCAL_ADMIN).vulnerable.count == 3
    with pytest.raises(NotFoundError):
        exposed(told, LOCAL_ADMIN, "luck")
    with pytest.raises(DeniedError):
        exposed(told, Principal("user:nobody", frozenset()), "root")
