"""What `doctor` asks: what of the sensor works on this machine, each thing with what is missing and how to get it.

It loads the programs into a folder of its own and takes them away again; it does not touch a running agent.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

from periderm.adapters.sensor_ebpf import pins
from periderm.adapters.sensor_ebpf.libbpf import INSTALL, LIBRARY
from periderm.adapters.sensor_ebpf.sensor import OBJECT, EbpfSensor
from periderm.model.errors import SensorError
from periderm.model.event import SensorCapability

BTF = "/sys/kernel/btf/vmlinux"
PROBE_RING = 1 << 20


def conditions() -> list[SensorCapability]:
    """What must be there before anything is loaded; needs no root."""
    return [
        _one("root", os.geteuid() == 0, "Only root may load programs into the kernel: run as root."),
        _one("x86-64", os.uname().machine == "x86_64", f"This is {os.uname().machine}; the sensor reads x86-64 registers."),
        _one("BTF", os.path.exists(BTF), f"The kernel has no {BTF}: use one with CONFIG_DEBUG_INFO_BTF=y."),
        _one("libbpf", _has_library(), f"{LIBRARY} is missing. {INSTALL}"),
        _one("kernel program", OBJECT.exists(), "The kernel program is not built: make build."),
        _one("bpffs", os.path.isdir(pins.BPFFS), f"{pins.BPFFS} is not there: the kernel needs CONFIG_BPF_SYSCALL=y."),
    ]


def capabilities(pin_dir: str = "", object_path: Path = OBJECT) -> Sequence[SensorCapability]:
    """All conditions, and if they hold each program, by loading it for a moment (a second or two)."""
    found = conditions()
    if not all(each.works for each in found):
        return found
    sensor = EbpfSensor(object_path, pin_dir or f"{pins.DEFAULT_PIN_DIR}-probe-{os.getpid()}", PROBE_RING)
    try:
        found += sensor.start()
        found.append(SensorCapability(name="ring", works=True))
    except SensorError as error:
        found.append(SensorCapability(name="loading", works=False, missing=str(error)))
    finally:
        sensor.stop()
    return found


def _one(name: str, works: bool, missing: str) -> SensorCapability:
    return SensorCapability(name=name, works=works, missing="" if works else missing)


def _has_library() -> bool:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True
