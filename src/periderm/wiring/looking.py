"""Looking into files that came after the image.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from periderm.flow.observed import Observed
    from periderm.flow.payloads import Looks


def looks(settings: Settings, tell: Callable[[Observed], None]) -> Looks:
    """Looks into files that came after the image: own YARA rules, and those in the state's folder `yara`."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.container_files import ContainerPayloads
    from periderm.adapters.records_local import LocalRecords
    from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
    from periderm.flow.inspect import Inspection
    from periderm.flow.payloads import Looks

    files = LocalRecords(limit=4 << 20)

    def rules() -> list[tuple[str, str]]:
        names = [name for name in files.names(settings.yara) if name.endswith((".yar", ".yara"))]
        return [(name, files.read(os.path.join(settings.yara, name)).decode("utf-8", "replace")) for name in names]

    def changed() -> None:
        looking.forget()

    inspection = Inspection(LinuxSandbox(), rules, changed)
    looking = Looks(ContainerPayloads(), inspection, SystemClock(), tell, problem=lambda: inspection.problem)
    return looking


def own_work(settings: Settings) -> AbstractContextManager[object]:
    """Announces what happens inside to the agent of this machine, so that reading what somebody asked us to read is no alert.
    Nothing where no agent listens."""
    if not os.path.exists(settings.own_work):
        return contextlib.nullcontext()
    from periderm.adapters.own_work import own_work as announced

    return announced(settings.own_work)
