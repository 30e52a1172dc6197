"""The first part of the agent: what needs privileges is loaded, then they are given up, and the ring is looked after.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import atexit
import dataclasses
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.baselining import behaviour_seed, keeps_system_calls
from periderm.wiring.machine import live_sensor
from periderm.wiring.told import told

if TYPE_CHECKING:
    from periderm.adapters.responder_linux.hand import HandedResponder
    from periderm.adapters.sensor_ebpf import EbpfSensor
    from periderm.flow.guarding import Guarding
    from periderm.model.asset import Node
    from periderm.ports.clock import Clock
    from periderm.ports.host_state import HostLook


def _at_the_end(act: Callable[[], None]) -> None:
    """However this process ends, if it is not killed; not at the end of what it forks."""
    ours = os.getpid()
    atexit.register(lambda: act() if os.getpid() == ours else None)


def host_look() -> HostLook:
    """The look at this machine; PERIDERM_KNOWN_BPF names BPF programs and pins that are the user's own (globs, by commas)."""
    from periderm.adapters.host_state_linux import LinuxHostLook
    from periderm.adapters.sensor_ebpf import DEFAULT_PIN_DIR, OBJECT

    own = told("PERIDERM_PINS") or DEFAULT_PIN_DIR
    known = (word.strip() for word in told("PERIDERM_KNOWN_BPF").split(","))
    objects = [str(path) for path in OBJECT.parent.glob("*.o")]
    look = LinuxHostLook((f"{own}/*", f"{own}-responses/*", "pdrm_*", *(word for word in known if word)), own_objects=objects)
    look.prime()
    return look


@dataclasses.dataclass(frozen=True, slots=True)
class Sensing:
    """A sensor that is attached, and what had to be made while there were privileges. `end` lets go of the responder."""

    sensor: EbpfSensor
    host: HostLook
    acting: HandedResponder
    guarding: Guarding
    end: Callable[[], None]


def begin_sensing(settings: Settings, node: Node, clock: Clock, *, recording: bool) -> Sensing:
    """Attaches the sensor and gives up privileges: call it before any thread is started."""
    from periderm.adapters.first_linux import go_first
    from periderm.adapters.sensor_ebpf.privileges import drop_privileges
    from periderm.wiring.responding import response_parts

    go_first()  # an alert that waits for a busy machine is late, and rows that wait too long are lost
    host = host_look()  # its first part needs rights that are given up below
    sensor = live_sensor(seed=behaviour_seed(settings), system_calls=keeps_system_calls(settings, recording=recording))
    _at_the_end(sensor.stop)  # who is told to stop while it starts leaves nothing pinned
    sensor.start()
    acting, guarding, end = response_parts(settings, node, clock)
    drop_privileges()
    sensor.read_ahead()  # what the agent does next takes seconds
    return Sensing(sensor, host, acting, guarding, end)
