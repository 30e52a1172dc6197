"""How what was learned one by one becomes a pattern: many files of a folder, many peers of a port, many hosts of a domain.

What a pattern allows more than was seen is shown by its examples. It decides nothing about what may be learned.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Collection, Iterable

from periderm.algorithms.path_patterns import collapse
from periderm.engines.baseline.places import overreaches, script
from periderm.engines.baseline.workload import Workload
from periderm.model.behaviour import Aspect, Behaviour

FILES = frozenset({Aspect.READ, Aspect.WRITE, Aspect.CREATE, Aspect.EXECUTE})
MANY_FILES = 16
MANY_PEERS = 6
MANY_NAMES = 6
_LABELS = 2  # a domain that anybody may register below stays as it is: 'example.com' has two


def generalise(workload: Workload, behaviour: Behaviour, now: int) -> None:
    """After `behaviour` was learned: its siblings become a pattern if they are many. `now` in Unix seconds."""
    values = workload.entries.of(behaviour.aspect, behaviour.program)
    if behaviour.aspect in FILES or behaviour.aspect is Aspect.CHANGE:
        if len(values) >= MANY_FILES and len(values) % 4 == 0:
            _files(workload, behaviour, values, now)
    elif behaviour.aspect is Aspect.CONNECT:
        _peers(workload, behaviour, values, now)
    elif behaviour.aspect is Aspect.RESOLVE:
        _names(workload, behaviour, values, now)


def _files(workload: Workload, behaviour: Behaviour, values: Collection[str], now: int) -> None:
    """Paths of one verb ('' for what has none)."""
    by_verb: dict[str, list[str]] = defaultdict(list)
    for value in values:
        verb, _, path = value.partition(" ") if behaviour.aspect is Aspect.CHANGE else ("", "", value)
        by_verb[verb].append(path)
    for verb, paths in by_verb.items():
        before = f"{verb} " if verb else ""
        for pattern, examples in collapse(paths, apart=script).items():
            if pattern in paths:
                continue
            parts = [path for path in paths if _below(pattern, path) and not overreaches(pattern, path)]
            _fold(workload, behaviour, before + pattern, [before + path for path in parts], examples=examples, now=now)


def _below(pattern: str, path: str) -> bool:
    folder, _, name = pattern.rpartition("/")
    inside = path.startswith(folder + "/")
    return inside and (name == "**" or (path.rpartition("/")[0] == folder and path.endswith(name.lstrip("*"))))


def _peers(workload: Workload, behaviour: Behaviour, values: Collection[str], now: int) -> None:
    """Peers of one port: those of one private network as their /24 or /64, all together as '*' if they are many networks."""
    door, _, peer = behaviour.value.partition(" ")
    if door == "unix" or not peer:
        return
    peers = [
        value.partition(" ")[2]
        for value in values
        if value.startswith(door + " ") and "*" not in value and "/" not in value[len(door) :]
    ]
    if len(peers) < MANY_PEERS:
        return
    networks: dict[str, list[str]] = defaultdict(list)
    for each in peers:
        networks[_network(each)].append(each)
    for network, members in networks.items():
        if network and len(members) >= MANY_PEERS:
            _fold(workload, behaviour, f"{door} {network}", [f"{door} {each}" for each in members], examples=members, now=now)
            return
    public = [each for each in peers if not _private(each)]
    if len(public) >= MANY_PEERS:
        _fold(workload, behaviour, f"{door} *", [f"{door} {each}" for each in public], examples=public, now=now)


def _network(peer: str) -> str:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{peer}/{24 if address.version == 4 else 64}", strict=False))


def _private(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return True


def _names(workload: Workload, behaviour: Behaviour, values: Collection[str], now: int) -> None:
    """Hosts of one domain."""
    domain = behaviour.value.partition(".")[2]
    if domain.count(".") + 1 < _LABELS:
        return
    hosts = [value for value in values if value.partition(".")[2] == domain and not value.startswith("*")]
    if len(hosts) >= MANY_NAMES:
        _fold(workload, behaviour, f"*.{domain}", hosts, examples=hosts, now=now)


def _fold(
    workload: Workload, like: Behaviour, pattern: str, parts: Iterable[str], *, examples: Iterable[str], now: int
) -> None:
    of = [Behaviour(like.aspect, like.program, value) for value in parts]
    workload.fold(Behaviour(like.aspect, like.program, pattern), of, tuple(sorted(examples)[:3]), now)
