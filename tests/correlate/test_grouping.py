"""Which alerts become one incident, and which do not."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.correlate import grouping
from periderm.correlate.incident import build
from periderm.engines.runtime import RuntimeEngine
from periderm.engines.runtime.scene import HOST, batch_of, connects, image, opens, runs
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.event import EventFlag
from periderm.model.incident import Incident, IncidentState
from periderm.model.severity import Maturity, Severity
from tests import strategies
from tests.correlate.cases import MINER, NGINX, SHADOW_READ, SHELL_STARTED, STORY, alert

change = msgspec.structs.replace
INCIDENT = build("inc-1", [SHELL_STARTED])
WINDOW = grouping.WINDOW_NS
SYSTEMD = ProcessRecord(key=1, parent=0, pid=1, exe="/usr/lib/systemd/systemd")
SSHD = ProcessRecord(key=2, parent=1, pid=800, exe="/usr/sbin/sshd")


def elsewhere(given: Alert, **more: object) -> Alert:
    """The same behaviour by unrelated processes."""
    other = ProcessRecord(key=900, parent=901, pid=900, exe="/bin/sh", started=900)
    return change(given, id="alt-other", process=other, lineage=(other,), **more)


def on_host(number: int, *line: ProcessRecord) -> Alert:
    """An alert of a node itself."""
    made = alert(number, ("T1059.004",), line[0], "/bin/sh", *line)
    return change(made, container_id="", container_name="", workload_id="", image_digest="", asset_id="nod-1")


def test_one_container_is_one_incident_for_a_while() -> None:
    """Alerts of one container join within the window before and after, also by unrelated processes."""
    assert grouping.belongs(elsewhere(SHADOW_READ), INCIDENT)
    last = INCIDENT.last_time
    assert grouping.belongs(elsewhere(SHADOW_READ, time=last + WINDOW, last_time=last + WINDOW), INCIDENT)
    assert not grouping.belongs(elsewhere(SHADOW_READ, time=last + WINDOW + 1, last_time=last + WINDOW + 1), INCIDENT)
    late = change(INCIDENT, first_time=WINDOW * 3, last_time=WINDOW * 3)
    assert grouping.belongs(elsewhere(SHADOW_READ, time=WINDOW * 2, last_time=WINDOW * 2), late)
    assert not grouping.belongs(elsewhere(SHADOW_READ, time=WINDOW, last_time=WINDOW), late)


def test_a_process_that_acted_stays_whatever_the_clock_says() -> None:
    """A descendant of a process of the chain joins after a clock jump of years, in both directions."""
    for time in (-(10**18), 10**18):
        assert grouping.belongs(change(MINER, time=time, last_time=time), INCIDENT)


def test_an_ancestor_alone_does_not_outlive_the_window() -> None:
    """The server that all descend from did not act itself: after the window it links nothing."""
    served = change(elsewhere(SHADOW_READ, time=10**18, last_time=10**18), lineage=(NGINX,))
    assert not grouping.belongs(served, INCIDENT)


def test_another_container_is_another_incident() -> None:
    """The same thing elsewhere does not join: not another container, not the node, not another node's process."""
    assert not grouping.belongs(elsewhere(SHADOW_READ, asset_id="ctr-2", container_id="zzz", workload_id=""), INCIDENT)
    assert not grouping.belongs(elsewhere(SHADOW_READ, asset_id="nod-1", container_id="", workload_id=""), INCIDENT)
    other = change(MINER, node_id="nod-2", asset_id="ctr-9", container_id="yyy", workload_id="")
    assert not grouping.belongs(other, INCIDENT)


def test_replicas_attacked_alike_are_one_incident() -> None:
    """A replica of the same workload joins by a behaviour that the incident has; another behaviour opens its own."""
    replica = elsewhere(SHELL_STARTED, asset_id="ctr-2", container_id="zzz")
    assert grouping.belongs(replica, INCIDENT)
    assert not grouping.belongs(elsewhere(SHADOW_READ, asset_id="ctr-2", container_id="zzz"), INCIDENT)
    joined = build("inc-1", [SHELL_STARTED, replica])
    follow_up = alert(12, ("T1003.008",), replace_key(901), "/etc/shadow", replace_key(901), replica.process)
    assert grouping.belongs(change(follow_up, asset_id="ctr-2", container_id="zzz"), joined)


def replace_key(key: int) -> ProcessRecord:
    """A process of the replica."""
    return ProcessRecord(key=key, parent=900, pid=key, exe="/bin/cat", started=901)


def test_sessions_of_a_host_stay_apart() -> None:
    """On the host one session is one incident; two logins that share only sshd and systemd are two."""
    bash = ProcessRecord(key=20, parent=2, pid=820, exe="/bin/bash", started=20)
    cat = ProcessRecord(key=21, parent=20, pid=821, exe="/bin/cat", started=21)
    ran = ProcessRecord(key=22, parent=20, pid=822, exe="/tmp/x", started=22)
    other = ProcessRecord(key=30, parent=2, pid=830, exe="/bin/bash", started=30)
    incident = build("inc-1", [on_host(21, cat, bash, SSHD, SYSTEMD)])
    assert grouping.belongs(on_host(22, ran, bash, SSHD, SYSTEMD), incident)
    assert not grouping.belongs(on_host(30, other, SSHD, SYSTEMD), incident)


def test_a_closed_incident_takes_only_its_own_alerts_again() -> None:
    """After a person closed it, an alert already in it stays (it came again), a new one opens another."""
    for state in (IncidentState.RESOLVED, IncidentState.FALSE_ALARM):
        closed = change(INCIDENT, state=state)
        assert grouping.belongs(change(SHELL_STARTED, count=7, last_time=10**18), closed)
        assert not grouping.belongs(MINER, closed)
    assert grouping.belongs(MINER, change(INCIDENT, state=IncidentState.ACKNOWLEDGED))


def test_the_engine_s_own_alerts_of_an_attack_are_one_incident() -> None:
    """What the runtime engine says of a web server's exploitation, request by request, becomes one story."""
    secrets = ("etc/shadow", "srv/shop/.env")
    inventory = image("/usr/sbin/lighttpd", "/usr/bin/perl", "/usr/bin/dash", "/usr/bin/cat", secrets=secrets)
    events = [runs(1, 0, "/usr/sbin/lighttpd", "lighttpd", "-D", at=0.0)]
    for number in range(10):  # each request is a new script with a new shell
        perl, shell, at = 10 * number + 2, 10 * number + 3, 600.0 + number
        events.append(runs(perl, 1, "/usr/bin/perl", "perl", "/srv/shop/cgi-bin/lookup.pl", at=at))
        events.append(runs(shell, perl, "/usr/bin/dash", "sh", "-c", f"getent hosts x;{number}", at=at + 0.1))
    events.append(runs(14, 13, "/usr/bin/cat", "cat", "/etc/shadow", at=601.2))
    events.append(opens(14, "/etc/shadow", at=601.3))
    killed = EventFlag.UPPER | EventFlag.KILLED
    events.append(runs(84, 83, "/tmp/.kworker", "/tmp/.kworker", at=608.2, flags=killed))
    events.append(runs(94, 93, "/usr/bin/perl", "perl", "-e", "...", at=609.2))
    events.append(connects(94, "203.0.113.7", 3333, at=609.3))
    engine = RuntimeEngine(HOST)
    engine.learn_image(inventory)
    incidents: dict[str, Incident] = {}
    for one in engine.feed(batch_of(tuple(sorted(events, key=lambda event: event.time)))):
        home = next((key for key, incident in incidents.items() if grouping.belongs(one, incident)), "")
        home = home or grouping.incident_id_for(one)
        incidents[home] = build(home, [one], inventory=inventory, previous=incidents.get(home))
    (incident,) = incidents.values()
    assert incident.summary.en == (
        "lighttpd in shop started a shell, read /etc/shadow, ran /tmp/.kworker (not from the image) "
        "and reached for a mining pool (203.0.113.7:3333); the kernel killed .kworker."
    )
    beside = ("RUN-008", "RUN-009")  # of the same program: where it lies, and that its name hides it
    assert [step.detector for step in incident.chain if step.detector not in beside] == [
        "RUN-002",
        "RUN-010",
        "RUN-005",
        "RUN-054",
    ]
    assert incident.severity is Severity.CRITICAL
    assert {process.key for process in incident.processes} == {1, 2, 3, 12, 13, 14, 82, 83, 84, 92, 93, 94}


@pytest.mark.parametrize("maturity", list(Maturity))
@pytest.mark.parametrize("severity", list(Severity))
def test_what_opens_an_incident(maturity: Maturity, severity: Severity) -> None:
    """Experimental detectors and informational alerts open none by themselves, but join one."""
    given_alert = change(SHADOW_READ, maturity=maturity, severity=severity)
    expected = maturity is not Maturity.EXPERIMENTAL and severity not in (Severity.UNKNOWN, Severity.INFORMATIONAL)
    assert grouping.opens(given_alert) is expected
    assert grouping.belongs(given_alert, INCIDENT)


def test_incident_ids_are_the_same_on_every_replay() -> None:
    """The id depends on the alert that opens, not on its count or times; two alerts give two ids."""
    again = change(SHELL_STARTED, count=9, last_time=99)
    assert grouping.incident_id_for(again) == grouping.incident_id_for(SHELL_STARTED)
    assert len({grouping.incident_id_for(one) for one in STORY}) == len(STORY)
    assert grouping.incident_id_for(SHELL_STARTED).startswith("inc-")


@given(strategies.alerts(strategies.undecodable_text), st.lists(strategies.alerts(), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_any_alert_gets_an_answer(one: Alert, others: list[Alert]) -> None:
    """Loops, gaps and hostile names in lineages raise nothing; what is in the chain belongs."""
    incident = build("inc-1", others)
    assert grouping.belongs(one, incident) in (True, False)
    assert all(grouping.belongs(other, incident) for other in others)
