"""An application that was told settings: a file, an environment, and a place in memory for what is set in the console."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from periderm.app.application import Application
from periderm.app.configuration import InForce
from periderm.app.overrides import counting, locked, parse

PATH = "/etc/periderm/periderm.toml"


class Place:
    """`ports.console_settings.ConsoleSettings` in memory; `looked` counts how often somebody wanted a look at once."""

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.looked = 0

    def read(self) -> bytes | None:
        """See the port."""
        return self.data

    def write(self, data: bytes) -> None:
        """See the port."""
        self.data = data

    def look(self) -> None:
        """Somebody changed something."""
        self.looked += 1


def told_settings(
    app: Application, place: Place, file: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
) -> Application:
    """Began with nothing set in the console; `file` has lines from 1."""
    file, environment = file or {}, environment or {}

    def in_force() -> InForce:
        return InForce(
            path=PATH,
            at_start=file,
            now=file,
            environment=environment,
            console_now=counting(parse(place.data), environment, file),
            lines={name: number for number, name in enumerate(file, 1)},
            locked=locked(environment, file),
        )

    return msgspec.structs.replace(app, in_force=in_force, console_settings=place, reload=place.look)
