"""The packs of rules that lie on the server's machine, for readers of the console and the API: read again when they change.

What it shows is what an agent on the same machine would load; it loads nothing into an engine itself.
"""

from __future__ import annotations

import threading

from periderm.app.rules import Listed, list_rules
from periderm.flow.rule_packs import RulePacks


class RuleShelf:
    """Many threads may ask."""

    def __init__(self, packs: RulePacks) -> None:
        self._packs = packs
        self._lock = threading.Lock()
        self._last: Listed | None = None

    def listed(self) -> Listed:
        """All rules and packs as they lie there now. Raises PeridermError if the folder cannot be read."""
        with self._lock:
            found = list_rules(self._packs, self._last)
            self._last = found
            return found
