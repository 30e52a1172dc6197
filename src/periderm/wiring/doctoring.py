"""What the doctor says of this machine, and what it cleans away.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.machine import all_runtimes, pins
from periderm.wiring.responding import response_leftovers

if TYPE_CHECKING:
    from periderm.model.diagnosis import Diagnosis
    from periderm.model.text import Text

SENSOR_PARTS = frozenset({"privilege", "kernel", "libbpf", "bpf-object"})  # checks of the doctor


def doctor(settings: Settings, *, clean: bool) -> Diagnosis:
    """What this machine can do for the product; with `clean` what was left behind is removed."""
    from periderm import adapters
    from periderm.adapters.diagnosis_linux import LinuxProbe
    from periderm.adapters.pins_bpffs import PinnedLeftovers
    from periderm.adapters.sample_podman import PodmanSample
    from periderm.app.doctor import SampleLeftovers, diagnose

    # The object lies beside the adapters, and the pins where the sensor puts them.
    program = Path(adapters.__file__).parent / "bpf" / "periderm.bpf.o"
    probe = LinuxProbe(settings.state, settings.port, program)
    sample = SampleLeftovers(PodmanSample(Path(settings.cache) / "sample"))
    leftovers = (PinnedLeftovers(Path(pins())), sample, response_leftovers(settings))
    return diagnose(probe, all_runtimes(""), leftovers, clean=clean)


def sensor_missing(settings: Settings) -> tuple[Text, ...]:
    """Why the kernel sensor cannot run here, in sentences with the way out; empty if it can."""
    from periderm.model.diagnosis import Condition
    from periderm.model.text import Text

    checks = {check.name: check for check in doctor(settings, clean=False).checks}
    if checks["sensor"].condition is not Condition.MISSING:
        return ()
    lacking = [check for check in checks.values() if check.name in SENSOR_PARTS and check.condition is Condition.MISSING]
    return tuple(
        Text(
            f"The sensor does not run. {c.title.en}: {c.found.en}. {c.next_step.en}",
            f"传感器未运行。{c.title.zh}：{c.found.zh}。{c.next_step.zh}",
        )
        for c in lacking
    )
