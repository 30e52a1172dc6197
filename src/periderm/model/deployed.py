"""How an image is to be run, as a manifest says: what replaces the image's own command, user, ports and volumes."""

from __future__ import annotations

import msgspec


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """One container of a manifest. `workload` is 'KIND/NAME' of what holds it. `command` replaces the image's entrypoint and
    command, `arguments` the command alone, () where the manifest says nothing. `user` is a number or ''. `ports` are
    'PROTOCOL/NUMBER', `probes` the argv of each probe that runs a program, `lifecycle` of each hook, `mounts` places that it
    may write to. `first` for one that runs to its end before the others start."""

    workload: str
    name: str
    image: str = ""
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    user: str = ""
    ports: tuple[str, ...] = ()
    probes: tuple[tuple[str, ...], ...] = ()
    lifecycle: tuple[tuple[str, ...], ...] = ()
    mounts: tuple[str, ...] = ()
    first: bool = False
