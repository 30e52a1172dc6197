"""What the processes of an incident did besides: with whom they spoke, which files they touched, and the raw events, from the
history on the machine where the server runs; and from the alerts, which every node sends.

Bounded: it looks at the first rows of the incident's time only, and says so.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from periderm.app.application import Application, require
from periderm.app.incidents import read_incident
from periderm.model.alert import Alert
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.event_query import EventQuery, Found
from periderm.model.incident import Incident
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query

AROUND_NS = 30 * 10**9  # before the first alert and after the last
MOST_LOOKED_AT = 20_000
MOST_EVENTS = 200
MOST_FLOWS = 200
MOST_FILES = 300
MOST_ALERTS = 1_000
_O_ACCMODE, _O_CREAT = 0o3, 0o100
_AF_UNIX = 1
_FLOWS = {
    EventKind.CONNECT: "connect",
    EventKind.ACCEPT: "accept",
    EventKind.BIND: "listen",
    EventKind.LISTEN: "listen",
    EventKind.DUP: "stdio",
    EventKind.DNS: "resolve",
}
_FILES = {
    EventKind.EXEC: "run",
    EventKind.RENAME: "rename",
    EventKind.UNLINK: "delete",
    EventKind.LINK: "link",
    EventKind.SYMLINK: "link",
    EventKind.MKDIR: "create",
    EventKind.CHMOD: "change",
    EventKind.CHOWN: "change",
    EventKind.UTIME: "change",
    EventKind.FILE_FLAGS: "change",
    EventKind.TRUNCATE: "write",
    EventKind.LIBRARY: "load",
}
_PEER = re.compile(r"\[?([0-9A-Fa-f:.]{2,45}?)\]?:(\d{1,5})\Z")


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One program with one peer. `way` is 'connect', 'accept', 'listen', 'resolve' (then `peer` is a name) or 'stdio' (a socket
    became its input or output); `alerts` are ids of those about it. Times: Unix nanoseconds."""

    peer: str
    port: int
    way: str
    program: str
    process_key: int
    count: int = 0
    first: int = 0
    last: int = 0
    alerts: tuple[str, ...] = ()


class FileUse(msgspec.Struct, frozen=True, kw_only=True):
    """One program with one file. `ways` are of 'run', 'read', 'write', 'create', 'delete', 'rename', 'link', 'change', 'load',
    sorted; `refused` that at least one of it did not succeed."""

    path: str
    ways: tuple[str, ...]
    program: str
    process_key: int
    count: int = 0
    first: int = 0
    last: int = 0
    refused: bool = False
    alerts: tuple[str, ...] = ()


class Traces(msgspec.Struct, frozen=True, kw_only=True):
    """`kept` is whether events of the incident's time are kept here: each node keeps its own. `whole` is false if there was
    more than is shown or looked at. `events` are the raw rows, the oldest first."""

    incident_id: str
    flows: tuple[Flow, ...]
    files: tuple[FileUse, ...]
    events: tuple[Found, ...]
    kept: bool
    whole: bool
    looked_at: int = 0


def traces(app: Application, who: Principal, incident_id: str) -> Traces:
    """Of one incident. Raises NotFoundError, HistoryError."""
    require(who, Permission.READ)
    incident = read_incident(app, who, incident_id)
    gathered = _Gathered(incident)
    looked_at = 0
    for found in _rows(app, incident):
        looked_at += 1
        gathered.event(found)
    for alert in app.store.alerts(Query(incident_id=incident.id, limit=MOST_ALERTS)).items:
        gathered.alert(alert)
    return Traces(
        incident_id=incident.id,
        flows=gathered.flows(),
        files=gathered.files(),
        events=tuple(gathered.raw[:MOST_EVENTS]),
        kept=looked_at > 0,
        whole=looked_at < MOST_LOOKED_AT and not gathered.more,
        looked_at=looked_at,
    )


def _rows(app: Application, incident: Incident) -> Iterator[Found]:
    if app.history is None:
        return iter(())
    since, until = max(1, incident.first_time - AROUND_NS), incident.last_time + AROUND_NS
    query = EventQuery(since=since, until=until, subjects=(incident.asset_id,), newest=False, limit=MOST_LOOKED_AT)
    return app.history.rows(query)


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """Who did something, how often and when: what flows and files have in common."""

    program: str
    process_key: int
    count: int = 0
    first: int = 0
    last: int = 0
    alerts: tuple[str, ...] = ()


class _Gathered:
    """Rows of the incident's processes, by peer and by file."""

    def __init__(self, incident: Incident) -> None:
        self._keys = {p.key for p in incident.processes}
        self._flows: dict[tuple[str, int, str, int], Flow] = {}
        self._files: dict[tuple[str, int], FileUse] = {}
        self.raw: list[Found] = []
        self.more = False

    def event(self, found: Found) -> None:
        """One row of the past; rows of processes that the incident does not know are passed over."""
        event = found.event
        if self._keys and event.process not in self._keys:
            return
        if len(self.raw) < MOST_EVENTS:
            self.raw.append(found)
        else:
            self.more = True
        told = _Told(program=event.exe, process_key=event.process, count=event.count, first=event.time, last=event.time)
        way = _FLOWS.get(event.kind)
        if way is not None:
            if event.family != _AF_UNIX and event.text:
                self._flow(told, event.text, event.port, way)
            return
        way = _opened(event) if event.kind is EventKind.OPEN else _FILES.get(event.kind, "")
        if way and event.text:
            self._file(told, event.text, way, refused=event.has(EventFlag.FAILED) or event.has(EventFlag.REFUSED))

    def alert(self, alert: Alert) -> None:
        """What an alert says was acted on."""
        process = alert.process
        told = _Told(program=process.exe, process_key=process.key, first=alert.time, last=alert.last_time, alerts=(alert.id,))
        peer = _PEER.match(alert.object)
        if peer is not None and _is_address(peer[1]) and int(peer[2]) < 65536:
            self._flow(told, peer[1], int(peer[2]), "connect")
        elif alert.object.startswith("/"):
            self._file(told, alert.object, "")

    def flows(self) -> tuple[Flow, ...]:
        """Those that alerts are about first, then by time."""
        every = sorted(self._flows.values(), key=lambda f: (not f.alerts, f.first, f.peer))
        self.more |= len(every) > MOST_FLOWS
        return tuple(every[:MOST_FLOWS])

    def files(self) -> tuple[FileUse, ...]:
        """Those that alerts are about first, then what was changed, then by time."""
        plain = {"read", "load"}
        every = sorted(self._files.values(), key=lambda f: (not f.alerts, set(f.ways) <= plain, f.first, f.path))
        self.more |= len(every) > MOST_FILES
        return tuple(every[:MOST_FILES])

    def _flow(self, told: _Told, peer: str, port: int, way: str) -> None:
        at = (peer, port, way, told.process_key)
        new = Flow(peer=peer, port=port, way=way, **msgspec.structs.asdict(told))
        old = self._flows.get(at)
        self._flows[at] = new if old is None else msgspec.structs.replace(new, **_both(old, told))

    def _file(self, told: _Told, path: str, way: str, *, refused: bool = False) -> None:
        at = (path, told.process_key)
        new = FileUse(path=path, ways=(way,) if way else (), refused=refused, **msgspec.structs.asdict(told))
        old = self._files.get(at)
        if old is not None:
            ways = tuple(sorted({*old.ways, *new.ways}))
            new = msgspec.structs.replace(new, ways=ways, refused=old.refused or refused, **_both(old, told))
        self._files[at] = new


def _both(old: Flow | FileUse, told: _Told) -> dict[str, Any]:
    return {
        "count": old.count + told.count,
        "first": min(old.first, told.first),
        "last": max(old.last, told.last),
        "alerts": tuple(dict.fromkeys((*old.alerts, *told.alerts))),
    }


def _opened(event: Event) -> str:
    if event.arg0 & _O_CREAT:
        return "create"
    return "read" if event.arg0 & _O_ACCMODE == 0 else "write"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
