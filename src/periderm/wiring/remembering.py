"""Keeping history in the agent: the parts of it, and the short-lived process that puts its files in order.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.flow.remember import Remembering
    from periderm.ports.history import History


def remembering(settings: Settings, history: History) -> Remembering | None:
    """None where history is switched off."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.processes_local import LocalProcesses
    from periderm.flow.remember import Keeping, Remembering

    if not settings.history_on:
        return None
    ours = {name: value for name, value in os.environ.items() if name.startswith("PERIDERM_")}
    keeping = Keeping(
        processes=LocalProcesses(),
        log=os.path.join(settings.logs, "history.log"),
        arguments=("keep", "--quiet", "--state", settings.state),
        environment=ours,
    )
    return Remembering(history, SystemClock(), keeping)


def keep_history(settings: Settings) -> None:
    """Puts the history's files in order, once, behind everything else that wants the processor. Raises HistoryError."""
    import time

    from periderm.wiring.stored import history

    os.nice(10)
    history(settings).maintain(time.time_ns())
