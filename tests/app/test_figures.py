"""What a scraper is told of a real store."""

from __future__ import annotations

from pathlib import Path

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from periderm.app.figures import figures
from periderm.app.meters import Meters
from periderm.model.envelope import Heartbeat
from periderm.model.notice import Channel, Delivery, Destination, DestinationState
from tests.story import FixedClock, application, tell


def test_they_tell_what_is_there(tmp_path: Path) -> None:
    """Incidents by state and severity add up, agents' counters have their node, and every name says its kind."""
    app = application(tmp_path, FixedClock())
    try:
        tell(app)
        app = msgspec.structs.replace(app, meters=Meters())
        beat = Heartbeat(role="agent", node_id='n"1\n', pid=7, time=5 * 10**9, version="1", figures={"lost": 3.0, "odd": 1.0})
        app.store.put_heartbeat(beat)
        found = {family.name: family for family in text_string_to_metric_families(figures(app).decode())}
    finally:
        app.store.close()
    incidents = found["periderm_incidents"].samples
    assert sum(sample.value for sample in incidents) >= 1
    assert {sample.labels["state"] for sample in incidents} >= {"new", "resolved"}
    lost = next(s for s in found["periderm_sensor_lost"].samples if s.labels["node_id"] == 'n"1\n')
    assert (lost.name, lost.value, lost.labels["role"]) == ("periderm_sensor_lost_total", 3, "agent")
    assert "odd" not in str(found)
    assert found["periderm_build_info"].samples[0].value == 1
    for family in found.values():
        assert family.documentation
        assert family.type == "counter" or not family.samples[0].name.endswith("_total")


def test_who_hears_nothing_is_told(tmp_path: Path) -> None:
    """By destination: sent, waiting, failures in a row."""
    app = application(tmp_path, FixedClock())
    try:
        app.store.put_destination(Destination(name="ops", channel=Channel.MAIL))
        app.store.put_destination_state("ops", DestinationState(sent=4, failures=2, shed=1))
        app.store.put_deliveries([Delivery(id="dlv-1", destination="ops", notices=())])
        found = {family.name: family for family in text_string_to_metric_families(figures(app).decode())}
    finally:
        app.store.close()
    told = {name: found[f"periderm_notify_{name}"].samples[0] for name in ("sent", "shed", "waiting", "failures")}
    assert {name: sample.value for name, sample in told.items()} == {"sent": 4, "shed": 1, "waiting": 1, "failures": 2}
    assert told["sent"].labels == {"destination": "ops", "channel": "mail"}
