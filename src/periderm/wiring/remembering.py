"""Keeping history, of this machine in the agent and of others in the server: its parts, and the short-lived process that puts
its files in order.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.told import own_variables

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from periderm.app.application import Application
    from periderm.flow.outbox import Outbox
    from periderm.flow.quota import Quota
    from periderm.flow.remember import Keeping, Remembering
    from periderm.flow.sharing import Sharing
    from periderm.model.asset import Node
    from periderm.ports.clock import Clock
    from periderm.ports.history import History


def remembering(settings: Settings, history: History) -> Remembering | None:
    """None where history is switched off."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.flow.remember import Remembering

    return Remembering(history, SystemClock(), _keeping(settings)) if settings.history_on else None


def gathering(settings: Settings, app: Application) -> AbstractContextManager[object]:
    """Takes in events of other machines while the block runs, where such are answered."""
    import contextlib

    from periderm.app.gathering import gathering as run
    from periderm.flow.remember import Remembering
    from periderm.wiring.stored import fleet_history

    if not settings.agents:
        return contextlib.nullcontext()
    return run(app, Remembering(fleet_history(settings), app.clock, _keeping(settings, "--fleet")))


def quota(settings: Settings, clock: Clock) -> Quota:
    """What each machine may have kept of its events at this server."""
    from periderm.flow.quota import Quota
    from periderm.wiring.lasting import under_way

    made = Quota(clock, room=settings.history_node_mib << 20, days=settings.history_days, rate=settings.history_node_rate)
    if (ours := under_way()) is not None:
        ours.meters.probe(made.families)
    return made


def sharing(settings: Settings, node: Node, outbox: Outbox) -> Sharing | None:
    """None where the server is on this machine and reads the history itself, or where it is not to be sent."""
    from periderm.flow.sharing import Sharing

    if not (settings.server and settings.history_on and settings.history_share):
        return None
    return Sharing(node.id, outbox.put)


def _keeping(settings: Settings, *more: str) -> Keeping:
    from periderm.adapters.processes_local import LocalProcesses
    from periderm.flow.remember import Keeping

    return Keeping(
        processes=LocalProcesses(),
        log=os.path.join(settings.logs, "history.log"),
        arguments=("keep", "--quiet", "--state", settings.state, *more),
        environment=own_variables(),
    )


def keep_history(settings: Settings, *, fleet: bool = False) -> None:
    """Puts the history's files in order, once, behind everything else that wants the processor. Raises HistoryError."""
    import time

    from periderm.wiring.stored import fleet_history, history

    os.nice(10)
    (fleet_history if fleet else history)(settings).maintain(time.time_ns())
