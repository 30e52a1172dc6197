"""A false alarm is said once, with what keeps it from coming again; and what that hides is known before."""

from __future__ import annotations

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.application import Application
from periderm.app.exemptions import list_exemptions, remove_exemption
from periderm.app.false_alarm import FalseAlarm, say_false, suggest
from periderm.app.firings import firings
from periderm.flow.digest import TOPIC, Digest
from periderm.model.envelope import Envelope
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.baseline_story import WEB, tell_baselines
from tests.story import INCIDENT_ID, SECOND, WORKLOAD_ID, alerts

READER = Principal("user:reader", frozenset({Permission.READ}))
RESPONDER = Principal("user:responder", frozenset({Permission.READ, Permission.RESPOND}))


def chosen(app: Application, detector: str, kind: str) -> str:
    """The id of a suggestion."""
    return next(s.id for s in suggest(app, READER, INCIDENT_ID).suggestions if s.detectors == (detector,) and s.kind == kind)


def test_each_rule_is_answered_narrowly_and_widely(told: Application) -> None:
    """With what each would have hidden, also in incidents that are nothing else."""
    first = alerts(told.clock.now() - 40 * SECOND)[0]
    other = msgspec.structs.replace(first, id="alt-other", incident_id="inc-other")
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    told.store.put_alerts([other])
    told.store.put_incident(msgspec.structs.replace(incident, id="inc-other", alerts=1, chain=incident.chain[:1]))
    found = suggest(told, READER, INCIDENT_ID)
    shell = [s for s in found.suggestions if s.detectors == ("RUN-002",)]
    assert [s.kind for s in shell] == ["program", "detector"]
    assert shell[0].scope.paths == ("/usr/bin/dash",)
    assert shell[0].scope.assets == (WORKLOAD_ID,)
    assert (shell[0].covers, shell[0].hidden.total, shell[0].hidden.high) == (1, 2, 2)
    assert shell[0].hidden.incidents == ("inc-other",)
    assert shell[0].hidden.whole
    assert told.store.exemptions() == []


def test_a_baseline_is_answered_by_its_own_decision(told: Application) -> None:
    """One for all that it did not know, not an exception."""
    tell_baselines(told)
    deviation = next(a for a in told.store.alerts(Query(workload_id=WEB)).items if a.deviation is not None)
    told.store.put_alerts([msgspec.structs.replace(deviation, id="alt-new", incident_id=INCIDENT_ID)])
    (one,) = [s for s in suggest(told, READER, INCIDENT_ID).suggestions if s.kind == "baseline"]
    assert one.workload_id == WEB
    assert one.hidden.total >= 1
    done = say_false(told, LOCAL_ADMIN, INCIDENT_ID, FalseAlarm(reason="a new release", chosen=(one.id,)))
    kept = told.store.baseline(WEB)
    assert kept is not None
    assert kept.decisions[-1].id == done.decisions[0]
    assert kept.decisions[-1].behaviours == one.behaviours


def test_it_is_said_once_and_does_not_come_again(told: Application, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The incident is a false alarm with the reason beside it; the same alert later is kept and opens nothing; without the
    exception it does again."""
    name = chosen(told, "RUN-002", "program")
    done = say_false(told, LOCAL_ADMIN, INCIDENT_ID, FalseAlarm(reason="the shop's own script", chosen=(name,), owner="ada"))
    assert done.incidents == (INCIDENT_ID,)
    changed = told.store.incident(INCIDENT_ID)
    assert changed is not None
    assert changed.state is IncidentState.FALSE_ALARM
    handling = told.store.handling(INCIDENT_ID)
    assert handling is not None
    assert handling.comments[-1].text == "the shop's own script"
    (made,) = list_exemptions(told, READER)
    assert (made.exemption.id, made.exemption.owner) == (done.exceptions[0], "ada")
    bus = LocalBus(str(tmp_path_factory.mktemp("bus")))
    digest = Digest(bus, told.store, told.clock)
    begin = told.clock.now() + 3600 * SECOND
    shell, _, shadow, _ = (msgspec.structs.replace(a, id=f"{a.id}-2", incident_id="") for a in alerts(begin))
    bus.publish(TOPIC, [msgspec.msgpack.encode(Envelope(sender="agent:x", sequence=0, records=(shell, shadow)))])
    digest.step()
    hidden, open_ = told.store.alert("alt-shell-2"), told.store.alert("alt-shadow-2")
    assert hidden is not None
    assert open_ is not None
    assert (hidden.excepted, hidden.incident_id) == (done.exceptions[0], "")
    assert (open_.excepted, bool(open_.incident_id)) == ("", True)
    counted = {f.detector: f for f in firings(told, READER)}
    assert (counted["RUN-002"].alerts, counted["RUN-002"].false, counted["RUN-002"].excepted) == (2, 1, 1)
    assert counted["RUN-002"].share == 1.0
    assert (counted["RUN-010"].alerts, counted["RUN-010"].false, counted["RUN-010"].excepted) == (2, 1, 0)
    assert [each.alerts for each in list_exemptions(told, READER)] == [1]
    remove_exemption(told, LOCAL_ADMIN, done.exceptions[0])
    later = msgspec.structs.replace(shell, id="alt-shell-3")
    bus.publish(TOPIC, [msgspec.msgpack.encode(Envelope(sender="agent:x", sequence=1, records=(later,)))])
    digest.step()
    again = told.store.alert("alt-shell-3")
    assert again is not None
    assert again.incident_id
    bus.close()


def test_others_that_it_would_have_hidden_are_false_too(told: Application) -> None:
    """Only if it is said, and only those of which nothing else would be left."""
    first = alerts(told.clock.now() - 40 * SECOND)[0]
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    told.store.put_alerts([msgspec.structs.replace(first, id="alt-other", incident_id="inc-other")])
    told.store.put_incident(msgspec.structs.replace(incident, id="inc-other", alerts=1, chain=incident.chain[:1]))
    name = chosen(told, "RUN-002", "detector")
    done = say_false(told, LOCAL_ADMIN, INCIDENT_ID, FalseAlarm(reason="ours", chosen=(name,), others=True))
    assert set(done.incidents) == {INCIDENT_ID, "inc-other"}
    other = told.store.incident("inc-other")
    assert other is not None
    assert other.state is IncidentState.FALSE_ALARM


def test_who_may_not_decide_only_says(told: Application) -> None:
    """A responder marks it; an exception needs the right to make policies; a refusal leaves nothing behind."""
    name = chosen(told, "RUN-002", "program")
    with pytest.raises(DeniedError):
        say_false(told, READER, INCIDENT_ID, FalseAlarm(reason="no"))
    with pytest.raises(DeniedError):
        say_false(told, RESPONDER, INCIDENT_ID, FalseAlarm(reason="ours", chosen=(name,)))
    for said in (FalseAlarm(reason=" "), FalseAlarm(reason="x" * 2000), FalseAlarm(reason="ours", chosen=("sug-none",))):
        with pytest.raises(UsageError):
            say_false(told, LOCAL_ADMIN, INCIDENT_ID, said)
    with pytest.raises(UsageError):
        say_false(told, LOCAL_ADMIN, INCIDENT_ID, FalseAlarm(reason="ours", chosen=(name,), until=5))
    with pytest.raises(NotFoundError):
        suggest(told, READER, "inc-none")
    unchanged = told.store.incident(INCIDENT_ID)
    assert unchanged is not None
    assert unchanged.state is IncidentState.NEW
    assert told.store.exemptions() == []
    assert say_false(told, RESPONDER, INCIDENT_ID, FalseAlarm(reason="ours")).exceptions == ()
