"""What was set in the console, judged: which of it counts beside the file and the environment, and what cannot be used.

Reads no file and asks nobody; changing a setting is `app.change_settings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from periderm.model.errors import UsageError
from periderm.model.option_list import BY_NAME
from periderm.model.options import is_on
from periderm.model.override import Override

LOCK = BY_NAME["server.settings_locked"]
MOST = 200  # more than there are settings


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The document: one entry for each setting."""

    settings: tuple[Override, ...] = ()


def parse(data: bytes | None) -> tuple[Override, ...]:
    """What was set. Raises UsageError if the document is broken: then nobody knows what is missing."""
    if data is None:
        return ()
    try:
        found = msgspec.json.decode(data, type=Kept).settings
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"What was set in the console cannot be read: {str(error)[:200]}.",
            "Put console-settings.json back from a copy of the state, or remove it: then what was set in the console is gone.",
        ) from None
    return found[:MOST]


def written(overrides: Sequence[Override]) -> bytes:
    """What `parse` reads, for people to look at too."""
    return msgspec.json.format(msgspec.json.encode(Kept(settings=tuple(sorted(overrides, key=lambda o: o.name))))) + b"\n"


def usable(override: Override) -> bool:
    """Whether this version knows the setting, lets it be changed in the console, and takes the value."""
    option = BY_NAME.get(override.name)
    return option is not None and option.console and option.fits(override.value)


def locked(environment: Mapping[str, str], file: Mapping[str, str]) -> bool:
    """Whether only the file and the environment count."""
    return is_on(environment.get(LOCK.variable) or file.get(LOCK.variable) or LOCK.default)


def counting(overrides: Sequence[Override], environment: Mapping[str, str], file: Mapping[str, str]) -> dict[str, str]:
    """Values by variable that were set in the console and count: what the environment or the file says goes before them."""
    if locked(environment, file):
        return {}
    named = {BY_NAME[each.name].variable: each.value for each in overrides if usable(each)}
    return {name: value for name, value in named.items() if name not in file and not environment.get(name)}
