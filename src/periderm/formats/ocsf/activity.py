"""Runtime events as OCSF activities, so that what was seen can be read by other products: one JSON object a row.

Classes, activities and attributes are those of OCSF 1.5.0 (https://schema.ocsf.io/1.5.0: File System Activity, Kernel
Extension, Kernel, Memory, Module and Process Activity, Network and DNS Activity). What OCSF has no name for is in
`unmapped`, with our own. It writes only; it exports no judgement.
"""

from __future__ import annotations

from typing import Any

from periderm.model.asset import Container, Node
from periderm.model.event import Event, EventFlag, EventKind

VERSION = "1.5.0"
SYSTEM, NETWORK = 1, 4
FILE, EXTENSION, KERNEL, MEMORY, MODULE, PROCESS = 1001, 1002, 1003, 1004, 1005, 1007
CONNECTION, DNS = 4001, 4003
OTHER = 99
INFORMATIONAL = 1
SUCCESS, FAILURE = 1, 2
REGULAR, FOLDER, LINK = 1, 2, 7
O_ACCMODE, O_CREAT = 0o3, 0o100

# kind: class and activity
_ACTIVITIES: dict[EventKind, tuple[int, int]] = {
    EventKind.EXEC: (PROCESS, 1),
    EventKind.FORK: (PROCESS, 1),
    EventKind.EXIT: (PROCESS, 2),
    EventKind.SIGNAL: (PROCESS, 2),
    EventKind.PTRACE: (PROCESS, 3),
    EventKind.PROCESS_VM: (PROCESS, 4),
    EventKind.SETUID: (PROCESS, 5),
    EventKind.OPEN: (FILE, 14),
    EventKind.RENAME: (FILE, 5),
    EventKind.UNLINK: (FILE, 4),
    EventKind.LINK: (FILE, 1),
    EventKind.SYMLINK: (FILE, 1),
    EventKind.MKDIR: (FILE, 1),
    EventKind.TRUNCATE: (FILE, 3),
    EventKind.UTIME: (FILE, 6),
    EventKind.FILE_FLAGS: (FILE, 6),
    EventKind.CHMOD: (FILE, 7),
    EventKind.CHOWN: (FILE, 7),
    EventKind.MOUNT: (FILE, 12),
    EventKind.UMOUNT: (FILE, 13),
    EventKind.CONTENT: (FILE, OTHER),
    EventKind.MODULE: (EXTENSION, 1),
    EventKind.BPF: (KERNEL, 4),
    EventKind.EXEC_MEMORY: (MEMORY, 5),
    EventKind.LIBRARY: (MODULE, 1),
    EventKind.CONNECT: (CONNECTION, 1),
    EventKind.ACCEPT: (CONNECTION, 1),
    EventKind.LISTEN: (CONNECTION, 7),
    EventKind.BIND: (CONNECTION, OTHER),
    EventKind.DUP: (CONNECTION, OTHER),
    EventKind.DNS: (DNS, 1),
}
_FROM = (EventKind.ACCEPT, EventKind.BIND, EventKind.LISTEN)
_TYPES = {EventKind.MKDIR: FOLDER, EventKind.SYMLINK: LINK}
AF_UNIX = 1


def activity(event: Event, number: int, node: Node | None, version: str) -> dict[str, Any]:
    """One row. `number` is its number in history; `node` the machine it was seen on, None where the row's own subject tells;
    `version` that of the product."""
    class_uid, activity_id = _class_of(event)
    container = event.subject if isinstance(event.subject, Container) else None
    machine = event.subject if isinstance(event.subject, Node) else node
    made: dict[str, Any] = {
        "time": event.time // 1_000_000,
        "class_uid": class_uid,
        "category_uid": class_uid // 1000,
        "activity_id": activity_id,
        "type_uid": class_uid * 100 + activity_id,
        "severity_id": INFORMATIONAL,
        "status_id": FAILURE if event.has(EventFlag.FAILED) else SUCCESS,
        "count": event.count,
        "metadata": {
            "version": VERSION,
            "uid": str(number),
            "product": {"name": "Periderm", "vendor_name": "Periderm", "version": version},
        },
        "actor": {"process": _actor(event)},
    }
    if event.ret:
        made["status_code"] = str(event.ret)
    if machine is not None:
        made["device"] = {"uid": machine.id, "hostname": machine.hostname, "type_id": 0}
    if container is not None:
        made["container"] = _container(container)
    made.update(_object(event, class_uid))
    made["unmapped"] = _unmapped(event)
    return made


def _class_of(event: Event) -> tuple[int, int]:
    found = _ACTIVITIES.get(event.kind, (KERNEL, OTHER))
    if event.kind is EventKind.OPEN:
        if event.arg0 & O_CREAT:
            return FILE, 1
        return (FILE, 3) if event.arg0 & O_ACCMODE else (FILE, 2)
    if event.kind in (EventKind.CONNECT, EventKind.ACCEPT) and event.has(EventFlag.FAILED):
        return CONNECTION, 4
    return found


def _file(path: str, kind: int = REGULAR) -> dict[str, Any]:
    return {"name": path.rpartition("/")[2] or path, "path": path, "type_id": kind}


def _actor(event: Event) -> dict[str, Any]:
    process: dict[str, Any] = {
        "pid": event.pid,
        "uid": str(event.process),
        "name": event.comm or event.exe.rpartition("/")[2],
        "user": {"uid": str(event.uid)},
        "group": {"uid": str(event.gid)},
        "parent_process": {"pid": event.ppid, "uid": str(event.parent)},
    }
    if event.exe:
        process["file"] = _file(event.exe)
    return process


def _container(container: Container) -> dict[str, Any]:
    made: dict[str, Any] = {"uid": container.container_id, "name": container.name, "runtime": container.runtime}
    if container.image_name or container.image_digest:
        made["image"] = {"name": container.image_name, "uid": container.image_digest}
    return made


def _object(event: Event, class_uid: int) -> dict[str, Any]:
    """What it acts on."""
    made: dict[str, Any] = {}
    match class_uid:
        case 1007 | 1004:
            made["process"] = _process(event)
        case 1001 if event.kind is EventKind.RENAME:
            made["file"], made["file_result"] = _file(event.raw), _file(event.text)
        case 1001:
            made["file"] = _file(event.text, _TYPES.get(event.kind, REGULAR))
        case 4001:
            made["src_endpoint" if event.kind in _FROM else "dst_endpoint"] = _endpoint(event)
        case 4003:
            made["query"] = {"hostname": event.text, "type": str(event.arg0)}
            made["dst_endpoint"] = {"ip": event.raw}
        case 1002:
            made["driver"] = {"file": _file(event.text)}
        case 1005:
            made["module"] = {"file": _file(event.text)}
        case _:
            made["kernel"] = {"name": event.kind.name.lower().replace("_", "-"), "type_id": OTHER}
    return made


def _endpoint(event: Event) -> dict[str, Any]:
    """The other side, or our own where we wait; the port of an accepted connection is ours, its peer's is in `arg1`."""
    made: dict[str, Any] = {"svc_name": event.text} if event.family == AF_UNIX else {"ip": event.text}
    port = event.arg1 if event.kind is EventKind.ACCEPT else event.port
    return {**made, "port": port} if port else made


def _process(event: Event) -> dict[str, Any]:
    """The process that is acted on: the actor itself, or another by its pid."""
    if event.kind in (EventKind.PTRACE, EventKind.PROCESS_VM, EventKind.SIGNAL):
        return {"pid": event.arg1, **({"name": event.text} if event.text else {})}
    made: dict[str, Any] = {"pid": event.pid, "uid": str(event.process)}
    if event.kind is EventKind.EXEC:
        made["file"] = _file(event.text)
        made["cmd_line"] = " ".join(event.argv)
    return made


def _unmapped(event: Event) -> dict[str, Any]:
    """Everything in our own words, so that nothing is lost: what is 0 or empty is left out."""
    own: dict[str, Any] = {
        "kind": event.kind.name.lower().replace("_", "-"),
        "time_ns": event.time,
        "asset_id": event.subject.id,
    }
    for name in ("text", "raw", "arg0", "arg1", "port", "family", "inode", "device", "cgroup", "mntns"):
        if value := getattr(event, name):
            own[name] = value
    if event.argv:
        own["argv"] = list(event.argv)
    if event.flags:
        own["flags"] = [flag.name.lower().replace("_", "-") for flag in EventFlag if event.has(flag) and flag.name]
    if event.origin:
        own["origin"] = event.origin.name.lower()
    return own
