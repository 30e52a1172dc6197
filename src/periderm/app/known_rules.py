"""What a reader of the console or the API may know of the rules on the server's machine. Reads no files itself."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.app.rules import Listed
from periderm.model.errors import PeridermError
from periderm.model.principal import Permission, Principal


def show_rules(app: Application, who: Principal) -> Listed | None:
    """All that judges events on this machine; None where no packs can be read from here."""
    require(who, Permission.READ)
    if app.rules is None:
        return None
    try:
        return app.rules.listed()
    except PeridermError:  # a folder that may not be read is told by the agent's own gaps
        return None
