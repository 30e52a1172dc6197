"""Machines as an administrator sees them."""

from __future__ import annotations

import msgspec
import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.app.application import Application
from periderm.app.machines import SILENT_SECONDS, MachineState, list_machines, show_doors
from periderm.model.envelope import Heartbeat
from periderm.model.errors import DeniedError
from periderm.model.fleet import DoorInfo, IssuedCertificate, JoinedNode
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.story import NODE_ID, SECOND


def beat(node_id: str, time: int) -> Heartbeat:
    """A word of an agent."""
    return Heartbeat(role="agent", node_id=node_id, pid=1, time=time, version="9.9")


def test_each_has_its_state(told: Application) -> None:
    """This server's own, one that speaks, one that went silent, one that said nothing yet, one that was shown out."""
    now = told.clock.now()
    for number, name in enumerate(("speaks", "silent", "never", "out")):
        revoked = now if name == "out" else 0
        told.store.put_joined_node(JoinedNode(node_id=f"node-{number}", name=name, joined=now, revoked=revoked, version="1"))
    told.store.put_certificate(IssuedCertificate(serial="1", node_id="node-0", authority="a", since=1, until=now + 5))
    told.store.put_certificate(IssuedCertificate(serial="2", node_id="node-0", authority="a", since=2, until=now + 9))
    for node_id, time in ((NODE_ID, now), ("node-0", now), ("node-1", now - SILENT_SECONDS * SECOND), ("node-3", now)):
        told.store.put_heartbeat(beat(node_id, time))
    found = list_machines(told, LOCAL_ADMIN)
    states = {machine.node_id: machine.state for machine in found.items}
    assert states == {
        NODE_ID: MachineState.HERE,
        "node-0": MachineState.SPEAKS,
        "node-1": MachineState.SILENT,
        "node-2": MachineState.NEVER,
        "node-3": MachineState.REVOKED,
    }
    assert (found.total, found.silent, found.revoked) == (5, 2, 1)
    speaks = next(machine for machine in found.items if machine.node_id == "node-0")
    assert (speaks.until, speaks.version, speaks.last) == (now + 9, "9.9", now)
    assert [machine.name for machine in list_machines(told, LOCAL_ADMIN, "SILE").items] == ["silent"]
    assert list_machines(told, LOCAL_ADMIN, "", 5).items == ()


def test_doors_and_authorities(empty: Application) -> None:
    """None where nobody joins; else what is shown, and who signs."""
    assert show_doors(empty, LOCAL_ADMIN).authorities == ()
    own = LocalAuthority(empty.settings.authority, empty.clock.now())
    door = DoorInfo(name="agents", place="127.0.0.1:1", until=5)
    app = msgspec.structs.replace(empty, authority=own, doors=lambda: [door])
    found = show_doors(app, LOCAL_ADMIN)
    assert found.doors == (door,)
    assert found.authorities[0].issues


def test_only_administrators_see_them(empty: Application) -> None:
    """They name what could be attacked."""
    reader = Principal("user:eve", frozenset({Permission.READ}))
    with pytest.raises(DeniedError):
        list_machines(empty, reader)
    with pytest.raises(DeniedError):
        show_doors(empty, reader)
