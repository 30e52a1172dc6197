"""Whether a destination is written as it must be. Reaches nobody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from periderm.app.registries import check_reference
from periderm.flow.messages import template
from periderm.model.errors import UsageError
from periderm.model.networks import network_of
from periderm.model.notice import Channel, Destination, Occasion
from periderm.model.notice_channels import CHANNELS, ChannelKind

MOST_GLOBS = 200
LONGEST = 2_000
MOST_GROUP_SECONDS = 3_600
GROUPS = ("", "place", "owner", "application", "subject")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def checked(destination: Destination) -> Destination:
    """The same with what its channel has by default. Raises UsageError."""
    kind = CHANNELS[destination.channel]
    if not destination.address and kind.default:
        destination = msgspec.structs.replace(destination, address=kind.default)
    checked_name(destination.name)
    _address(destination, kind)
    _secret(destination, kind)
    _options(destination, kind)
    _filter(destination)
    for network in destination.networks:
        network_of(network)
    if not 0 <= destination.group_seconds <= MOST_GROUP_SECONDS or destination.group_by not in GROUPS:
        raise UsageError(
            "Grouping is not understood.", "Group for 0 seconds to an hour, by place, owner, application or subject."
        )
    if destination.language not in ("en", "zh"):
        raise UsageError(f"There is no language {destination.language[:20]!r}.", "Choose en or zh.")
    if destination.link and not _is_web(destination.link):
        raise UsageError("The address of the console is no URL.", "Give one like https://periderm.example.")
    template(destination.title)
    template(destination.body)
    return destination


def checked_name(name: str) -> str:
    """A name of a destination. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name[:80]!r} is no name.", "Use small letters, digits, '.', '_' and '-', at most 63.")
    return name


def _address(destination: Destination, kind: ChannelKind) -> None:
    address = destination.address
    if not kind.schemes:
        if address:
            raise UsageError(
                f"The address of {destination.channel.value} is a secret.",
                "Name where it lies: --secret env:NAME or file:/PATH.",
            )
        return
    if len(address) > LONGEST or not address.isprintable() or " " in address:
        raise UsageError("The address is too long, or holds blanks.", "Check it.")
    if destination.channel is Channel.LINES:
        path = address.removeprefix("file:")
        if path != "-" and (not path.startswith("/") or "/../" in f"{path}/" or path.endswith("/")):
            raise UsageError(f"{path[:80]!r} is no file.", "Give its whole path, or - for standard output.")
        return
    try:
        parts = urlsplit(address)
        _ = parts.port
        known = parts.scheme in kind.schemes and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise UsageError("The address is not understood.", f"It begins with {' or '.join(f'{s}://' for s in kind.schemes)}.")
    if parts.username is not None or parts.password is not None:
        raise UsageError("The address holds a secret.", "Leave it out, and name where it lies with --secret.")


def _secret(destination: Destination, kind: ChannelKind) -> None:
    reference = destination.secret
    check_reference(reference)
    if reference == "docker" or (reference and kind.key == "no"):
        raise UsageError(f"{destination.channel.value} takes no such secret.", "Leave it out.")
    if not reference and kind.key == "needed":
        raise UsageError(
            f"{destination.channel.value} needs a secret: {kind.key_told}.", "Name where it lies: env:NAME, file:/PATH."
        )


def _options(destination: Destination, kind: ChannelKind) -> None:
    for name, value in destination.options.items():
        option = kind.options.get(name)
        if option is None:
            raise UsageError(
                f"{destination.channel.value} has no option {name[:40]!r}.", f"It has {', '.join(kind.options) or 'none'}."
            )
        if option.values and value not in option.values:
            raise UsageError(f"{name} is {value[:40]!r}.", f"Choose {' or '.join(option.values)}.")
        if len(value) > LONGEST or not value.isprintable():
            raise UsageError(f"{name} is too long, or holds control characters.", "Check it.")
        if option.secret:
            check_reference(value)
            if value == "docker":
                raise UsageError(f"{name} names no secret.", "Name where it lies: env:NAME or file:/PATH.")
    missing = [name for name, option in kind.options.items() if option.needed and not destination.options.get(name)]
    if missing:
        raise UsageError(
            f"{destination.channel.value} needs {' and '.join(missing)}.",
            f"Give --option {missing[0]}=…: {kind.options[missing[0]].told}.",
        )


def _filter(destination: Destination) -> None:
    chosen = destination.chosen
    if not chosen.occasions or Occasion.TEST in chosen.occasions:
        raise UsageError("Nothing is told.", "Choose at least one occasion.")
    globs = (*chosen.owners, *chosen.applications, *chosen.environments, *chosen.places, *chosen.detectors)
    if len(globs) > MOST_GLOBS or any(not g or len(g) > 300 or not g.isprintable() for g in globs):
        raise UsageError("The filter has too many patterns, or one that is none.", "Use names with '*' and '?'.")


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and address.isprintable() and len(address) <= LONGEST
