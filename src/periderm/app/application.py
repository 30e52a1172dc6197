"""What a use case works with: the ports that wiring chose. Doors hold it and hand it on; they never look inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from periderm.model.errors import DeniedError
from periderm.model.principal import Permission, Principal
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.app.rules_shelf import RuleShelf
    from periderm.ports.bus import Bus
    from periderm.ports.clock import Clock
    from periderm.ports.history import History
    from periderm.ports.store import Store


class Application(msgspec.Struct, frozen=True):
    """The server's side of the product. `bus` is None in a process that only reads (the command line), `history` where no
    node's events can be read, `rules` where no packs of rules can."""

    store: Store
    clock: Clock
    settings: Settings
    bus: Bus | None = None
    history: History | None = None
    rules: RuleShelf | None = None


def require(who: Principal, permission: Permission) -> None:
    """Raises DeniedError unless the caller holds the permission."""
    if not who.may(permission):
        raise DeniedError(f"{who.name} may not {permission.value} here.", "Ask an administrator for the permission.")
