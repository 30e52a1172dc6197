"""The agent's part of baselines: the engine as the last agent left it, and what measures and keeps for it.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.flow.baselining import Baselining
    from periderm.flow.outbox import Outbox
    from periderm.flow.sampling import Sampling
    from periderm.flow.watch import Watch
    from periderm.model.asset import Node
    from periderm.ports.clock import Clock
    from periderm.ports.sensor import KnownBehaviour


def behaviour_seed(settings: Settings) -> int:
    """The secret number by which the kernel side knows behaviour: the same in every run, and nobody else's."""
    from periderm.adapters.secret_file import ensure_secret

    secret = ensure_secret(os.path.join(settings.state, "behaviour-seed"))
    return int.from_bytes(hashlib.blake2b(secret.encode(), digest_size=8).digest(), "little")


def keeps_system_calls(settings: Settings, *, recording: bool) -> bool:
    """Whether the kernel side keeps the set of system calls of each container: only baselines and what is made of them look at
    it, so without them it costs nothing; a recording holds it for later."""
    return settings.system_calls_on and (settings.baselines_on or recording)


def baselining(
    settings: Settings, node: Node, outbox: Outbox, clock: Clock, kernel: KnownBehaviour | None = None
) -> Baselining | None:
    """None where baselines are switched off."""
    if not settings.baselines_on:
        return None
    from periderm.adapters.state_files import read_whole, write_whole
    from periderm.engines.baseline.engine import BaselineEngine
    from periderm.flow.baseline_memory import Keeper, from_bytes, take_up
    from periderm.flow.baselining import Baselining

    path = os.path.join(settings.state, "baselines.state")
    engine = BaselineEngine(node)
    workloads = take_up(engine, from_bytes(read_whole(path)), node.boot_id, lambda: BaselineEngine(node))
    keeper = Keeper(lambda data: write_whole(path, data))

    return Baselining(
        engine, outbox.put, clock, kernel=kernel, keeper=keeper, node=node, workloads=workloads, own_pid=os.getpid()
    )


def sampling(settings: Settings, node: Node, watch: Watch, clock: Clock) -> Sampling | None:
    """What measures the use of resources; None where baselines are switched off."""
    if not settings.baselines_on:
        return None
    from periderm.adapters.resources_linux import LinuxResources
    from periderm.flow.news import Samples
    from periderm.flow.sampling import Sampling

    return Sampling(node, LinuxResources(), lambda samples: watch.give(Samples(samples)), clock)
