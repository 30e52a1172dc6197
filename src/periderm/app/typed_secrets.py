"""Secrets of destinations that a person typed: kept, and named from then on by where they lie. Judges no right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from periderm.app.application import Application
from periderm.app.notify_check import checked_name
from periderm.model.errors import UsageError
from periderm.model.notice import Destination
from periderm.model.notice_channels import CHANNELS


def keep_typed(app: Application, destination: Destination, typed: Mapping[str, str], kept: dict[str, str]) -> Destination:
    """The destination with where its secrets lie. `typed` are they themselves by the option that they are for ('' for the main
    one); where each lies from now on is put into `kept`. Raises UsageError, StoreError."""
    known = {"", *(name for name, option in CHANNELS[destination.channel].options.items() if option.secret)}
    for name, secret in typed.items():
        if name not in known:
            raise UsageError(f"{destination.channel.value} has no secret {name[:40]!r}.", "Leave it out.")
        if app.secrets is None:
            raise UsageError("This process keeps no secrets.", "Ask the server, or name where the secret lies.")
        kept[name] = app.secrets.keep(f"notify-{checked_name(destination.name)}", secret)
    options = destination.options | {name: where for name, where in kept.items() if name}
    return msgspec.structs.replace(destination, secret=kept.get("", destination.secret), options=options)


def forget(app: Application, gone: Iterable[str]) -> None:
    """Removes those of these that were kept here."""
    if app.secrets is not None:
        for where in gone:
            app.secrets.forget(where)
