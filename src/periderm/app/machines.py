"""Machines as an administrator sees them: who joined, whether they speak, until when they are known; this server's doors and
authorities. Letting one in and showing one out is `app.fleet`."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from periderm.app.application import Application
from periderm.app.fleet import list_nodes
from periderm.model.envelope import Heartbeat
from periderm.model.fleet import AuthorityInfo, DoorInfo, IssuedCertificate, JoinedNode
from periderm.model.principal import Principal

SILENT_SECONDS = 120
MOST_SHOWN = 200


class MachineState(enum.StrEnum):
    """How it stands with a machine."""

    HERE = "here"  # this server's own machine: it needs no certificate
    SPEAKS = "speaks"
    SILENT = "silent"
    NEVER = "never"  # it joined and said nothing yet
    REVOKED = "revoked"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """One machine. `until` is the end of its newest certificate (0: none is known), `last` when its agent or worker last said a
    word, `version` the newest that it told. Unix nanoseconds."""

    node_id: str
    name: str
    state: MachineState
    version: str = ""
    joined: int = 0
    until: int = 0
    last: int = 0
    revoked: int = 0
    revoked_by: str = ""


class Machines(msgspec.Struct, frozen=True, kw_only=True):
    """Some of them, and how many there are. `silent` counts those that ought to speak and do not."""

    items: tuple[Machine, ...]
    total: int
    silent: int = 0
    revoked: int = 0


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """Where this server answers by TLS, and its authorities, the one that issues first; both empty where nobody joins."""

    doors: tuple[DoorInfo, ...] = ()
    authorities: tuple[AuthorityInfo, ...] = ()


def list_machines(app: Application, who: Principal, text: str = "", skip: int = 0) -> Machines:
    """Those whose name or id holds `text`, by name; at most MOST_SHOWN from the one after `skip`. Only for administrators of
    the whole installation."""
    nodes = list_nodes(app, who)
    now, beats = app.clock.now(), _last_words(app.store.heartbeats())
    joined = {node.node_id for node in nodes}
    here = [
        Machine(node_id=node_id, name=_name(app, node_id), state=MachineState.HERE, version=beat.version, last=beat.time)
        for node_id, beat in sorted(beats.items())
        if node_id not in joined
    ]
    every = [*here, *(_machine(node, beats.get(node.node_id), now) for node in nodes)]
    found = [machine for machine in every if not text or text.lower() in f"{machine.name} {machine.node_id}".lower()]
    shown = found[max(0, skip) : max(0, skip) + MOST_SHOWN]
    dated = [msgspec.structs.replace(m, until=_until(app.store.certificates(m.node_id))) if m.joined else m for m in shown]
    return Machines(
        items=tuple(dated),
        total=len(found),
        silent=sum(machine.state in (MachineState.SILENT, MachineState.NEVER) for machine in every),
        revoked=sum(machine.state is MachineState.REVOKED for machine in every),
    )


def show_doors(app: Application, who: Principal) -> Doors:
    """Where machines and browsers come in by TLS, and who signs for it. Only for administrators of the whole installation."""
    list_nodes(app, who)  # asks who may
    doors = tuple(app.doors()) if app.doors is not None else ()
    return Doors(doors=doors, authorities=tuple(app.authority.known()) if app.authority is not None else ())


def _last_words(beats: Sequence[Heartbeat]) -> dict[str, Heartbeat]:
    found: dict[str, Heartbeat] = {}
    for beat in beats:
        if beat.node_id and (beat.node_id not in found or found[beat.node_id].time < beat.time):
            found[beat.node_id] = beat
    return found


def _machine(node: JoinedNode, beat: Heartbeat | None, now: int) -> Machine:
    if node.revoked:
        state = MachineState.REVOKED
    elif beat is None:
        state = MachineState.NEVER
    else:
        state = MachineState.SPEAKS if now - beat.time < SILENT_SECONDS * 10**9 else MachineState.SILENT
    return Machine(
        node_id=node.node_id,
        name=node.name,
        state=state,
        version=beat.version if beat is not None else node.version,
        joined=node.joined,
        last=beat.time if beat is not None else 0,
        revoked=node.revoked,
        revoked_by=node.revoked_by,
    )


def _until(certificates: Sequence[IssuedCertificate]) -> int:
    return max((certificate.until for certificate in certificates), default=0)


def _name(app: Application, node_id: str) -> str:
    asset = app.store.asset(node_id)
    return asset.name if asset is not None else node_id
