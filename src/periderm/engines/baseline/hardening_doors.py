"""With whom a workload talks, as doors in and out, for a network policy. Resolves no names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import msgspec

from periderm.model.baseline import Entry
from periderm.model.behaviour import Aspect
from periderm.model.hardening import Door
from periderm.model.image import ImageConfig

_DNS = 53


class Doors(msgspec.Struct, frozen=True):
    """`resolves` whether it asks for names."""

    listens: tuple[Door, ...]
    connects: tuple[Door, ...]
    resolves: bool


def doors(entries: Iterable[Entry], config: ImageConfig) -> Doors:
    """Doors beyond the container itself: what only the loopback reaches is nobody else's."""
    listens: set[Door] = set()
    connects: set[Door] = set()
    resolves = False
    for port in config.exposed_ports:
        number, _, protocol = port.partition("/")
        if number.isdecimal():
            listens.add(Door(protocol or "tcp", int(number)))
    for entry in entries:
        behaviour = entry.behaviour
        if behaviour.aspect is Aspect.RESOLVE:
            resolves = True
        door = door_of(behaviour.value)
        if door is None or own(door.peer):
            continue
        if behaviour.aspect is Aspect.LISTEN:
            listens.add(Door(door.protocol, door.port))
        elif behaviour.aspect is Aspect.CONNECT:
            if door.port == _DNS:
                resolves = True
            else:
                connects.add(door)
    return Doors(tuple(sorted(listens)), tuple(sorted(connects)), resolves)


def door_of(value: str) -> Door | None:
    """'tcp/5432 10.0.0.7' as a door; None for Unix sockets and whatever else is no port. A port given as '*' is 0: any."""
    head, _, peer = value.partition(" ")
    protocol, slash, number = head.partition("/")
    if not slash or protocol not in ("tcp", "udp", "sctp") or not (number.isdecimal() or number == "*"):
        return None
    return Door(protocol, int(number) if number != "*" else 0, peer or "*")


def own(peer: str) -> bool:
    """Whether the peer is the container's own loopback."""
    try:
        return ipaddress.ip_network(peer, strict=False).is_loopback
    except ValueError:
        return False
