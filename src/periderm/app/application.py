"""What a use case works with: the ports that wiring chose. Doors hold it and hand it on; they never look inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.model.errors import DeniedError
from periderm.model.fleet import DoorInfo
from periderm.model.notice import Destination
from periderm.model.principal import Permission, Principal
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.app.configuration import InForce
    from periderm.app.meters import Meters
    from periderm.app.rules_shelf import RuleShelf
    from periderm.flow.quota import Quota
    from periderm.ports.bus import Bus
    from periderm.ports.clock import Clock
    from periderm.ports.console_settings import ConsoleSettings
    from periderm.ports.fleet import Authority
    from periderm.ports.history import History
    from periderm.ports.notifier import Notifier, Tickets
    from periderm.ports.owner_documents import OwnerDocuments
    from periderm.ports.passwords import Passwords
    from periderm.ports.secrets import Secrets
    from periderm.ports.store import Store


class Application(msgspec.Struct, frozen=True):
    """The server's side of the product. `bus` is None in a process that only reads (the command line), `history` where no
    node's events can be read, `rules` where no packs of rules can. `secret_of` reads what a reference to a secret names
    ('env:NAME', 'file:PATH'), raising DeniedError; `notifier_for` and `tickets_for` make the
    plugs that tell others. `passwords` is None where nobody signs in by one."""

    store: Store
    clock: Clock
    settings: Settings
    bus: Bus | None = None
    history: History | None = None
    rules: RuleShelf | None = None
    secret_of: Callable[[str], str] | None = None
    notifier_for: Callable[[Destination], Notifier] | None = None
    tickets_for: Callable[[Destination], Tickets] | None = None
    passwords: Passwords | None = None
    authority: Authority | None = None  # where machines may join
    owner_documents: OwnerDocuments | None = None  # whence tables of owners are fetched
    meters: Meters | None = None  # what counts this process's work
    room: Callable[[], int] | None = None  # bytes that are free where the state lies
    life: str = ""  # of the server's state: another one after it was put back from a copy
    metrics_token: str = ""  # lets a scraper read figures, and nothing else
    live: Callable[[], Settings] | None = None  # the settings as they are now, where they may change
    in_force: Callable[[], InForce] | None = None  # what this process was told by its file and environment
    console_settings: ConsoleSettings | None = None  # where what is set in the console is kept
    reload: Callable[[], object] | None = None  # looks at once whether settings changed
    doors: Callable[[], Sequence[DoorInfo]] | None = None  # where it answers by TLS
    quota: Quota | None = None  # how much one machine's events may take of the history
    secrets: Secrets | None = None  # where what people type is kept


def require(who: Principal, permission: Permission) -> None:
    """Raises DeniedError unless the caller holds the permission."""
    if not who.may(permission):
        raise DeniedError(f"{who.name} may not {permission.value} here.", "Ask an administrator for the permission.")
