"""Takes over what changed in the settings' file while a process runs: what can be is, what cannot is said, and a wrong file
changes nothing. Reads no file itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from periderm.model.errors import PeridermError
from periderm.model.option_list import OPTIONS
from periderm.model.options import Option, is_on
from periderm.model.settings import Settings

EVERY_SECONDS = 1.0
# Which field of the settings a live option is.
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "agent.budget_cpu": ("budget_cpu", int),
    "agent.budget_memory_mib": ("budget_memory_mib", int),
    "agent.scan_unused": ("scan_unused", is_on),
    "history.days": ("history_days", int),
    "history.mib": ("history_mib", int),
    "history.free_mib": ("history_free_mib", int),
    "log.level": ("log_level", str),
    "log.format": ("log_format", str),
    "metrics.open": ("metrics_open", is_on),
    "responses.exempt": ("exempt", str),
    "server.settings_locked": ("settings_locked", is_on),
}

log = logging.getLogger(__name__)


class Reloading:
    """`mark` changes whenever the file does; `read` gives its values by variable, or raises PeridermError; `fixed` are the
    variables that the environment says, which go before it. `settings` are those in force."""

    def __init__(
        self,
        settings: Settings,
        values: Mapping[str, str],
        *,
        read: Callable[[], Mapping[str, str]],
        mark: Callable[[], object],
        fixed: Callable[[str], bool],
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self._values = dict(values)
        self._read = read
        self._mark = mark
        self._fixed = fixed
        self._count = count
        self._seen = mark()
        self._listeners: list[Callable[[Settings], None]] = []
        self._looking = threading.Lock()  # whoever changed a setting looks at once, beside the thread that always does
        self.asked = threading.Event()  # somebody wants it to be looked at now

    @property
    def values(self) -> Mapping[str, str]:
        """What the file says by now, by variable."""
        return self._values

    def listen(self, told: Callable[[Settings], None]) -> None:
        """Be told the settings whenever they change; on the thread that looks, one at a time."""
        self._listeners.append(told)

    def run(self, stop: threading.Event) -> None:
        """Looks about once a second until `stop` is set."""
        while not stop.is_set():
            self.asked.wait(EVERY_SECONDS)
            if not stop.is_set():
                self.step(asked=self.asked.is_set())

    def step(self, *, asked: bool = False) -> bool:
        """Looks once; whether anything changed that is in force now. Any thread may call it."""
        with self._looking:
            return self._step(asked)

    def _step(self, asked: bool) -> bool:
        self.asked.clear()
        mark = self._mark()
        if mark == self._seen and not asked:
            return False
        self._seen = mark
        try:
            values = dict(self._read())
        except PeridermError as error:
            self._count("refused")
            log.error("the settings' file is wrong, and what was in force stays so: %s", error)
            return False
        changed = [o for o in OPTIONS if values.get(o.variable) != self._values.get(o.variable)]
        self._values = values
        self._count("taken")
        return self._take([o for o in changed if not self._fixed(o.variable)], values)

    def _take(self, changed: list[Option], values: Mapping[str, str]) -> bool:
        live = [option for option in changed if option.name in _FIELDS]
        if later := [option.name for option in changed if option.name not in _FIELDS]:
            log.warning("these settings changed and need a restart: %s", ", ".join(later))
        if not live:
            return False
        fields = {}
        for option in live:
            field, made = _FIELDS[option.name]
            fields[field] = made(values.get(option.variable) or option.default)
        self.settings = msgspec.structs.replace(self.settings, **fields)
        log.info("these settings were taken over: %s", ", ".join(option.name for option in live))
        for told in self._listeners:
            told(self.settings)
        return True


def live_names() -> frozenset[str]:
    """Settings that need no restart."""
    return frozenset(_FIELDS)
