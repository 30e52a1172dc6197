"""Small scenes that detectors show as their examples: what happened, in which container or on which host.

Only values and short ways to write them. Scenes are fed to the real engine as batches, so that its prefilter is
tried too.
"""

from __future__ import annotations

import msgspec
import numpy as np

from periderm.model.asset import Container, Node
from periderm.model.event import EVENT_DTYPE, Event, EventBatch, EventFlag, EventKind, Subject
from periderm.model.image import ExecutableFile, ImageConfig, ImageInventory, OsRelease

NONE = EventFlag(0)
START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
DIGEST = "sha256:" + "5ca1ab1e" * 8

HOST = Node(id="nod-scene", name="host", hostname="host", machine_id="m", kernel="6", os_name="linux", architecture="x86_64")
SHOP = Container(
    id="ast-scene-shop",
    name="shop",
    container_id="c0ffee" * 10,
    runtime="podman",
    node_id=HOST.id,
    image_digest=DIGEST,
    image_name="localhost/shop:1",
    workload_id="wkl-shop",
    pid=1001,
    started=START,
    running=True,
)


class Scene(msgspec.Struct, frozen=True):
    """Events in order, and the inventory of the container's image if it was scanned."""

    events: tuple[Event, ...]
    inventory: ImageInventory | None = None


def scene(*events: Event, inventory: ImageInventory | None = None) -> Scene:
    """A scene. An event that names no executable gets that of its process's last start, as the sensor would say it."""
    running: dict[int, str] = {}
    told: list[Event] = []
    for event in events:
        if event.kind is EventKind.EXEC:
            running[event.process] = event.exe
        elif not event.exe:
            event = msgspec.structs.replace(event, exe=running.get(event.process, ""))  # noqa: PLW2901 -- the same event
        told.append(event)
    return Scene(tuple(told), inventory)


def row(
    kind: EventKind,
    process: int,
    text: str = "",
    *,
    at: float = 600.0,
    on: Subject = SHOP,
    parent: int = 0,
    exe: str = "",
    argv: tuple[str, ...] = (),
    raw: str = "",
    flags: EventFlag = NONE,
    arg0: int = 0,
    arg1: int = 0,
    ret: int = 0,
    port: int = 0,
    family: int = 0,
    uid: int = 0,
    comm: str = "",
) -> Event:
    """One event `at` seconds after the container's start, by process number `process` (its pid is 1000 more)."""
    return Event(
        kind=kind, subject=on, time=START + int(at * SECOND), process=process, parent=parent, pid=1000 + process,
        ppid=1000 + parent, uid=uid, exe=exe, comm=comm, text=text, raw=raw or text, argv=argv, arg0=arg0, arg1=arg1, ret=ret,
        port=port, family=family, flags=flags,
    )  # fmt: skip


def runs(
    process: int,
    parent: int,
    exe: str,
    *argv: str,
    at: float = 600.0,
    on: Subject = SHOP,
    flags: EventFlag = NONE,
    raw: str = "",
    uid: int = 0,
    comm: str = "",
    ret: int = 0,
    caps: int = -1,
    pipes: tuple[int, int] = (0, 0),
) -> Event:
    """A program is started; process 1 is the container's first one. `caps`: effective capability bits, -1 unknown;
    `pipes`: inodes of the pipes on standard input and output."""
    return row(
        EventKind.EXEC, process, exe, at=at, on=on, parent=parent, exe=exe, argv=argv, raw=raw, flags=flags, uid=uid,
        comm=comm, ret=ret, arg0=caps, arg1=pipes[0] | pipes[1] << 32,
    )  # fmt: skip


def opens(
    process: int,
    path: str,
    *,
    write: bool = False,
    raw: str = "",
    at: float = 601.0,
    on: Subject = SHOP,
    denied: bool = False,
    arg0: int = 0,
    uid: int = 0,
) -> Event:
    """A file is opened."""
    return row(
        EventKind.OPEN, process, path, raw=raw, at=at, on=on, arg0=arg0 | (1 if write else 0), ret=-13 if denied else 0,
        flags=EventFlag.FAILED if denied else NONE, uid=uid,
    )  # fmt: skip


def connects(process: int, address: str, port: int, *, at: float = 601.0, on: Subject = SHOP, kind: int = 1) -> Event:
    """A connection to an address; `kind` 1 is TCP, 2 UDP."""
    return row(EventKind.CONNECT, process, address, at=at, on=on, port=port, family=10 if ":" in address else 2, arg0=kind)


def image(*paths: str, secrets: tuple[str, ...] = (), digests: dict[str, str] | None = None) -> ImageInventory:
    """An inventory with these executables, each owned by a package named after it."""
    return ImageInventory(
        digest=DIGEST,
        reference="localhost/shop:1",
        source="scene",
        config=ImageConfig(),
        os=OsRelease(),
        packages=(),
        executables=tuple(
            ExecutableFile(path.lstrip("/"), 1, 0o755, (digests or {}).get(path, f"{index:064x}"), path.rpartition("/")[2], "")
            for index, path in enumerate(paths, 1)
        ),
        secret_paths=secrets,
    )


def batch_of(events: tuple[Event, ...], node: Node = HOST, generation: int = 0) -> EventBatch:
    """The events as one columnar batch."""
    strings: dict[str, int] = {"": 0}
    subjects: dict[str, int] = {node.id: 0}
    values: list[Subject] = [node]
    rows = np.zeros(len(events), EVENT_DTYPE)
    for index, event in enumerate(events):
        if event.subject.id not in subjects:
            subjects[event.subject.id] = len(values)
            values.append(event.subject)
        for name in ("exe", "text", "raw", "comm"):
            rows[name][index] = strings.setdefault(getattr(event, name), len(strings))
        rows["args"][index] = strings.setdefault("\0".join(event.argv), len(strings))
        rows["subject"][index] = subjects[event.subject.id]
        for name in _NUMBERS:
            rows[name][index] = int(getattr(event, name))
    return EventBatch(rows, list(strings), tuple(values), generation)


_NUMBERS = (
    "time", "process", "parent", "cgroup", "inode", "arg0", "arg1", "pid", "ppid", "uid", "gid", "device", "mntns", "flags",
    "ret", "count", "port", "family", "kind", "origin",
)  # fmt: skip
