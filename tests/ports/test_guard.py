"""What every guard promises (see `periderm/ports/guard.py`): each plug has the tests of its mechanism beside it (fanotify on
this kernel, BPF LSM in a guest); here, that both have the port's shape and say their names."""

from __future__ import annotations

import inspect

import pytest

from periderm.adapters.gate_fanotify.gate import FanotifyGate
from periderm.adapters.sensor_ebpf.guard import LsmGuard
from periderm.ports.guard import Guard


@pytest.mark.parametrize("plug", [FanotifyGate, LsmGuard])
def test_each_plug_has_the_ports_shape(plug: type) -> None:
    """Every method of the port, with the same parameters."""
    for name, method in inspect.getmembers(Guard, inspect.isfunction):
        if name.startswith("_"):
            continue
        wanted = list(inspect.signature(method).parameters)
        assert list(inspect.signature(getattr(plug, name)).parameters) == wanted, name
