"""What is done to the workloads: unlike kinds over the tactics of ATT&CK, out of `attacks.json`; `attacker.py` carries it out.

Written before the engine judged anything, and not changed to suit it. Each is bounded, stays in its container and its network
namespace, and is over in half a minute. `how`: `sh` gives the order to a shell that the service itself starts; `so` has the
service load a shared object whose constructor carries the order out inside the service's process (`deeds.c`); `own` is in the
workload's own language (Lua, Redis commands, SQL, PHP, Python, bash, planted files, SSH).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

EVERY = "every"  # what is done to all workloads
IMPACT, LONG = "TA0040", "T1496"


class Attack(NamedTuple):
    """One attack. `tactic` and `technique` are ids of ATT&CK."""

    id: str
    tactic: str
    technique: str
    title: str
    how: str
    order: str


def every() -> dict[str, tuple[Attack, ...]]:
    """All attacks by workload, in the order in which they are made: those that take long at another place for each, and
    those that destroy come last."""
    data = json.loads((Path(__file__).parent / "attacks.json").read_text())
    common = [Attack(**each) for each in data.pop(EVERY)]
    return {name: _ordered(name, [*(Attack(**each) for each in own), *common]) for name, own in data.items()}


def _ordered(workload: str, some: list[Attack]) -> tuple[Attack, ...]:
    others = [attack for attack in some if attack.tactic != IMPACT]
    long = [attack for attack in some if attack.tactic == IMPACT and attack.technique == LONG]
    last = [attack for attack in some if attack.tactic == IMPACT and attack.technique != LONG]
    place = (sum(workload.encode()) * 7) % len(others)
    return (*others[:place], *long[:1], *others[place:], *long[1:], *last)
