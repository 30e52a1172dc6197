"""What a workload's baseline says about how narrowly it can be run. Proves nothing (`hardening_replay`), writes no profile.

Rule of thumb: a measure is proposed only from what was watched. Where the sensor could not look (no system calls, no
capabilities were told) there is a note and no measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from periderm.engines.baseline import hardening_doors as doors
from periderm.engines.baseline import hardening_folders as folders
from periderm.engines.baseline.accepted import accepted
from periderm.model.asset import Container
from periderm.model.baseline import Baseline, Entry, Source
from periderm.model.behaviour import Aspect
from periderm.model.hardening import Hardening, Measure, Note
from periderm.model.image import ImageConfig, ImageInventory
from periderm.model.text import Text

# Address families by the name that an aspect SOCKET begins with (linux/socket.h).
_FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "alg": 38, "vsock": 40, "xdp": 44}
_COMMON_FAMILIES = frozenset({1, 2, 10, 16})
_SETID = 0o6000
_COMPAT = " (32)"  # behind the name of a call of the 32-bit table
_MOST_NAMED = 4

_NO_CALLS = Text(
    "No system calls were watched: a profile out of nothing would stop it. Let the agent record them for a while.",
    "没有观察到系统调用：凭空生成的配置会使其无法运行。请让 agent 先记录一段时间。",
)
_NO_CAPABILITIES = Text(
    "Use of capabilities was not watched, so none is taken away.", "未观察到 capability 的使用，因此不移除任何 capability。"
)
_SETID_USED = Text("It starts {programs}, which change their user.", "它会启动会更换用户的 {programs}。")
_ROOT_NEEDED = Text(
    "It runs as root and as user {users}. Let the image start it as the user that does the work, with its files owned by it.",
    "它同时以 root 与用户 {users} 运行。请让镜像以实际工作的用户启动，并将文件归属于该用户。",
)
_ROOT_ONLY = Text(
    "All of it runs as root. Give the image a user, and the folders that it writes to that user.",
    "它的全部进程都以 root 运行。请在镜像中建立用户，并将其写入的目录归属于该用户。",
)
_USER_KNOWN = Text("All of it ran as user {user}.", "它的全部进程都以用户 {user} 运行。")


def harden(baseline: Baseline, inventory: ImageInventory | None, containers: Sequence[Container]) -> Hardening:
    """From the accepted entries that were seen or that a person gave; what only the image promises adds folders and ports,
    never system calls. `containers` are the workload's, the running ones first."""
    entries = [entry for entry in accepted(baseline) if not _of_the_start(entry)]
    container = containers[0] if containers else None
    config = inventory.config if inventory is not None else ImageConfig()
    notes: list[Note] = []
    told = _values(entries, Aspect.SYSCALL)
    calls = tuple(sorted({name.removesuffix(_COMPAT) for name in told}))
    if not calls:
        notes.append(Note(Measure.SYSTEM_CALLS, _NO_CALLS))
    writable = folders.writable(entries, config, container)
    notes += writable.notes
    setid = _setid(entries, inventory)
    if setid:
        notes.append(Note(Measure.NO_NEW_PRIVILEGES, _SETID_USED.fill(programs=", ".join(setid[:_MOST_NAMED]))))
    user, why = _user(entries)
    notes.append(Note(Measure.USER, why))
    capabilities = _capabilities(entries, watched=bool(calls) or bool(_values(entries, Aspect.CAPABILITY)))
    if capabilities is None:
        notes.append(Note(Measure.CAPABILITIES, _NO_CAPABILITIES))
    network = doors.doors(entries, config)
    return Hardening(
        workload_id=baseline.workload_id,
        name=baseline.name or (container.name if container is not None else baseline.workload_id),
        image=_image(container, inventory),
        architecture=config.architecture,
        system_calls=calls or None,
        families=_families(entries),
        namespaces=any(value.startswith(("unshare", "setns")) for value in _values(entries, Aspect.NAMESPACE)),
        compat="syscall32" in _values(entries, Aspect.ACT) or any(name.endswith(_COMPAT) for name in told),
        capabilities=capabilities,
        read_only=writable.proposed,
        writable=writable.places,
        user=user,
        no_new_privileges=not setid,
        programs=tuple(sorted({e.behaviour.program for e in entries if _runs(e)})),
        libraries=_values(entries, Aspect.EXECUTE),
        writes=folders.written(entries),
        listens=network.listens,
        connects=network.connects,
        resolves=network.resolves,
        watched_network=bool(baseline.observed),
        labels=dict(container.labels) if container is not None else {},
        published=container.published if container is not None else (),
        notes=tuple(sorted(notes, key=lambda note: note.measure)),
        observed=max(baseline.observed.values(), default=0),
        replicas=max((entry.evidence.replicas.bit_count() for entry in entries), default=0),
    )


def _image(container: Container | None, inventory: ImageInventory | None) -> str:
    if container is not None and container.image_name:
        return container.image_name
    return inventory.reference if inventory is not None else ""


def _of_the_start(entry: Entry) -> bool:
    """What the runtime itself does at each start is done before any of the measures hold."""
    return entry.evidence.sources == (Source.RUNTIME,)


def _runs(entry: Entry) -> bool:
    """Whether the entry says that its program runs: by its absolute path, and not as 'INTERPRETER SCRIPT' only."""
    return entry.behaviour.aspect is Aspect.PROGRAM and entry.behaviour.program.startswith("/")


def _values(entries: Iterable[Entry], aspect: Aspect) -> tuple[str, ...]:
    return tuple(sorted({e.behaviour.value for e in entries if e.behaviour.aspect is aspect and e.behaviour.value}))


def _capabilities(entries: Sequence[Entry], *, watched: bool) -> tuple[str, ...] | None:
    """Those that were used, and those that what it does takes; None if nobody could see the use of any."""
    if not watched:
        return None
    used = set(_values(entries, Aspect.CAPABILITY))
    if any(value.startswith("user ") for value in _values(entries, Aspect.BECOME)) and "0" in _values(entries, Aspect.USER):
        used.add("CAP_SETUID")
    if any(value.startswith("group ") for value in _values(entries, Aspect.BECOME)) and "0" in _values(entries, Aspect.USER):
        used.add("CAP_SETGID")
    return tuple(sorted(used))


def _families(entries: Iterable[Entry]) -> tuple[int, ...]:
    """The usual four, and whatever else its sockets were."""
    names = {value.partition("/")[0] for value in _values(entries, Aspect.SOCKET)}
    told = {int(name) if name.isdecimal() else _FAMILIES.get(name, -1) for name in names}
    return tuple(sorted(_COMMON_FAMILIES | {family for family in told if family >= 0}))


def _setid(entries: Iterable[Entry], inventory: ImageInventory | None) -> tuple[str, ...]:
    """Programs with a set-user-id or set-group-id bit that it runs: 'no new privileges' would break them."""
    bits = {f"/{file.path}" for file in inventory.executables if file.mode & _SETID} if inventory is not None else set()
    return tuple(sorted({e.behaviour.program.partition(" ")[0] for e in entries if _runs(e)} & bits))


def _user(entries: Iterable[Entry]) -> tuple[str | None, Text]:
    """The one user as which everything ran; None, with the reason, where root is among them or nobody looked."""
    users = [e.behaviour.value for e in entries if e.behaviour.aspect is Aspect.USER and e.evidence.observed]
    users += [value.partition(" ")[2] for value in _values(entries, Aspect.BECOME) if value.startswith("user ")]
    others = sorted(set(users) - {"0"})
    if "0" in users or not others:
        return None, _ROOT_NEEDED.fill(users=", ".join(others[:_MOST_NAMED])) if others else _ROOT_ONLY
    if len(others) > 1:
        return None, _ROOT_NEEDED.fill(users=", ".join(others[:_MOST_NAMED]))
    return others[0], _USER_KNOWN.fill(user=others[0])
