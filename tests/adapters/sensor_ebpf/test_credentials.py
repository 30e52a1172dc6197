"""Changes that no call explains. A kernel exploit is not at hand: the sensor is made blind for the calls that change a
task, and the changes are real."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor, layout
from periderm.model.event import CredentialChange, Event, EventKind
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import call, drain, events_of, of_kind

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def blind() -> Iterator[EbpfSensor]:
    """A sensor that does not see setuid, setgid, capset, unshare and setns."""
    sensor = watching.sensor("blind")
    watching.start_quiet(sensor)
    for name in ("setuid", "setgid", "capset", "unshare", "setns"):
        for number in layout.HANDLERS[name][0]:
            sensor._open().maps["handlers"].remove(struct.pack("<I", number))
    yield sensor
    sensor.stop()


def bits(events: list[Event]) -> CredentialChange:
    """All that is told to have changed."""
    found = CredentialChange(0)
    for event in of_kind(events, EventKind.CREDENTIALS):
        found |= CredentialChange(event.arg0)
    return found


def test_unexplained_changes_are_told_at_fork_and_exec(blind: EbpfSensor) -> None:
    """Users, groups, capabilities, mount and user namespace, each with what it was before."""
    events = events_of(blind, "honest", fresh=True)
    events += [event for event in drain(blind) if event.kind is EventKind.CREDENTIALS]
    found = bits(events)
    assert CredentialChange.USER in found
    assert CredentialChange.GROUP in found
    assert CredentialChange.MOUNT_NAMESPACE in found
    told = next(event for event in of_kind(events, EventKind.CREDENTIALS) if event.arg0 & CredentialChange.USER)
    assert "uid=0,0,0" in told.raw
    assert "uid=65534,65534,65534" in told.text or "uid=1234,1234,0" in told.text


def test_the_walk_finds_a_task_that_does_nothing(blind: EbpfSensor) -> None:
    """Neither fork nor exec: told by the second walk that meets the difference, and once."""
    process = call("change-and-wait", wait=False, fresh=True)

    def walked() -> list[Event]:
        blind.walk()
        told = of_kind(drain(blind, 0.1), EventKind.CREDENTIALS)
        return [event for event in told if event.pid == process.pid and event.arg0 & CredentialChange.USER]

    try:
        assert watching.until(lambda: "\nUid:\t60005\t" in Path(f"/proc/{process.pid}/status").read_text())
        # The sensor itself walks every few seconds while it is read: the next time is far away after a walk of ours.
        first, second, third = walked(), walked(), walked()
    finally:
        process.kill()
        process.wait()
    assert first == []
    assert [event.arg0 for event in second] == [CredentialChange.USER]
    assert (second[0].raw.split()[0], second[0].text.split()[0]) == ("uid=0,0,0", "uid=60005,60005,60005")
    assert third == []
