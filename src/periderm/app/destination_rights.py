"""What an administrator may say from afar of a destination, or of a table that is fetched. Whoever has the machine may say
everything; in a browser nobody may send a secret of the server elsewhere, have it write files, or have it speak to itself.
Changes nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from periderm.model.errors import DeniedError
from periderm.model.networks import network_of
from periderm.model.notice import Channel, Destination
from periderm.model.notice_channels import CHANNELS
from periderm.model.owner_table import OwnerSource

FILES = frozenset({"ca", "certificate", "key"})  # options that name files of the server's machine
# Where the server itself answers, or what only its own machine may ask (metadata services of clouds are link-local).
_OWN = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "0.0.0.0/8", "169.254.0.0/16", "::1/128", "::/128", "fe80::/10")))
_ELSE = "Do it on the server's machine: `periderm notify add`."


def references(destination: Destination) -> dict[str, str]:
    """Where its secrets lie, by what they are for ('' for the main one)."""
    named = {name for name, option in CHANNELS[destination.channel].options.items() if option.secret}
    found = {"": destination.secret} | {name: destination.options.get(name, "") for name in named}
    return {name: where for name, where in found.items() if where}


def check_from_afar(new: Destination, old: Destination | None, typed: Mapping[str, str]) -> None:
    """Raises DeniedError for what only the command line of the server's machine may say. `typed` are the references of secrets
    that were typed just now."""
    if new.channel is Channel.LINES and new.address.removeprefix("file:") != "-":
        raise DeniedError("A file of the server's machine cannot be named here.", _ELSE)
    for name in FILES:
        if new.options.get(name, "") not in ("", old.options.get(name, "") if old else ""):
            raise DeniedError(f"The option {name} names a file of the server's machine.", _ELSE)
    known = set(old.networks) if old else set()
    for text in set(new.networks) - known:
        if own_addresses(text):
            raise DeniedError(f"{text[:60]} holds addresses of the server's own machine.", _ELSE)
    _secrets(new, old, typed)


def check_source(new: OwnerSource, old: OwnerSource | None, typed: str) -> None:
    """The same of whence a table of owners is fetched. `typed` is the reference of a token that was typed just now. Raises
    DeniedError."""
    elsewhere = "Do it on the server's machine: `periderm owners import`."
    if new.ca and (old is None or new.ca != old.ca):
        raise DeniedError("A file of the server's machine cannot be named here.", elsewhere)
    for text in set(new.networks) - set(old.networks if old is not None else ()):
        if own_addresses(text):
            raise DeniedError(f"{text[:60]} holds addresses of the server's own machine.", elsewhere)
    if not new.token or new.token == typed:
        return
    if old is None or (new.token, new.address, new.networks) != (old.token, old.address, old.networks):
        raise DeniedError(
            "A secret of the server's machine cannot be named here.", f"Type the token itself: it is kept. {elsewhere}"
        )


def own_addresses(text: str) -> bool:
    """Whether a network holds addresses of the server's own machine, or of what only that may ask. Raises UsageError for what
    is no network."""
    network = network_of(text)
    return any(network.version == own.version and network.overlaps(own) for own in _OWN)


def _secrets(new: Destination, old: Destination | None, typed: Mapping[str, str]) -> None:
    """A secret that somebody else gave goes only where it went."""
    before = references(old) if old is not None else {}
    same_way = old is not None and (new.address, new.networks) == (old.address, old.networks)
    for name, where in references(new).items():
        if where == typed.get(name):
            continue
        if where != before.get(name):
            raise DeniedError(
                "A secret of the server's machine cannot be named here.", f"Type the secret itself: it is kept. {_ELSE}"
            )
        if not same_way:
            raise DeniedError(
                "The secret that is known was given for another address.", "Type it once more: it is sent to the new one."
            )
