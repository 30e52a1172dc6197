"""One pattern for several behaviours of one aspect: what a person would accept instead of each of them. Decides nothing."""

from __future__ import annotations

from periderm.algorithms.path_patterns import matches
from periderm.model.behaviour import Aspect, Behaviour, Dimension

ANYTHING = "**"


def wide(one: Behaviour, other: Behaviour) -> Behaviour:
    """The narrowest pattern that stands for both; the one may be a pattern already. Both are of one aspect."""
    program = one.program if matches(one.program, other.program) else _folder(one.program, other.program)
    return Behaviour(one.aspect, program, _value(one, other))


def _value(one: Behaviour, other: Behaviour) -> str:
    if one.value in (other.value, ANYTHING) or matches(one.value, other.value):
        return one.value
    if one.aspect is Aspect.CHANGE:
        return _change(one.value, other.value)
    if one.aspect is Aspect.RESOLVE:
        return _domain(one.value, other.value)
    if one.dimension is Dimension.FILE:
        return _folder(one.value, other.value)
    return _doors(one.value, other.value) if one.dimension is Dimension.NETWORK else ANYTHING


def _change(one: str, other: str) -> str:
    """'rename /usr/**', '* /usr/**' for other verbs."""
    verb, _, path = one.partition(" ")
    verb2, _, path2 = other.partition(" ")
    if not (path.startswith("/") and path2.startswith("/")):
        return ANYTHING
    below = _folder(path, path2)
    return f"{verb if verb == verb2 else '*'} {'/**' if below == ANYTHING else below}"


def _folder(one: str, other: str) -> str:
    """Everything below the folder that both lie in."""
    if not (one.startswith("/") and other.startswith("/")):
        return ANYTHING
    mine, theirs = one.rpartition("/")[0].split("/"), other.rpartition("/")[0].split("/")
    common = 0
    while common < min(len(mine), len(theirs)) and mine[common] == theirs[common]:
        common += 1
    return "/".join(mine[:common]) + "/**" if common > 1 else ANYTHING


def _domain(one: str, other: str) -> str:
    """All hosts of the domain that both end in, if it has two labels at least."""
    mine, theirs = one.removeprefix("*.").split("."), other.split(".")
    common = 0
    while common < min(len(mine), len(theirs) - 1) and mine[-1 - common] == theirs[-1 - common]:
        common += 1
    if not one.startswith("*."):
        common = min(common, len(mine) - 1)
    return "*." + ".".join(mine[len(mine) - common :]) if common >= 2 else ANYTHING


def _doors(one: str, other: str) -> str:
    """'tcp/443 *' for other peers of one port, 'tcp/* *' for other ports."""
    protocol, port, peer = _door(one)
    protocol2, port2, peer2 = _door(other)
    if not protocol or protocol != protocol2 or bool(peer) != bool(peer2):
        return ANYTHING
    return f"{protocol}/{port if port == port2 else '*'}{' *' if peer else ''}"


def _door(value: str) -> tuple[str, str, str]:
    door, _, peer = value.partition(" ")
    protocol, slash, port = door.partition("/")
    return (protocol, port, peer) if slash and "/" not in peer else ("", "", "")
