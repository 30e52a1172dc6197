"""What a person orders for a container, a process or a file that they name themselves, with a reason, a time and an undo.

As with orders about an incident, the order is a value in the store; the node's agent checks its guards again, and acts.
"""

from __future__ import annotations

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.engines.runtime.guards import exempted
from periderm.engines.runtime.response import holding_policy
from periderm.model.asset import Container, Node
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    EffectRecord,
    EffectState,
    Held,
    IsolateContainer,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
)
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.text import Text

ORDER_SECONDS = 300
AGENT_SILENT_SECONDS = 60
LONGEST_SECONDS = 30 * 24 * 3600
MOST_PACKETS = 60

KINDS = (
    "kill",
    "kill-tree",
    "kill-container",
    "pause",
    "resume",
    "isolate",
    "reconnect",
    "quarantine",
    "restore",
    "capture",
)
_HITS = {
    "kill": Text("One process: {what} on {node}.", "一个进程：{node} 上的 {what}。"),
    "kill-tree": Text("{what} on {node} and all that descends from it.", "{node} 上的 {what} 及其全部后代。"),
    "kill-container": Text(
        "All processes of {what} on {node}; its runtime may start it anew.",
        "{node} 上 {what} 的全部进程；运行时可能会重新启动它。",
    ),
    "pause": Text("All processes of {what} on {node} stand still.", "{node} 上 {what} 的全部进程停住。"),
    "resume": Text("All processes of {what} on {node} go on.", "{node} 上 {what} 的全部进程继续运行。"),
    "isolate": Text(
        "{what} on {node} reaches nobody and is reached by nobody, but for what is kept; open connections end.",
        "{node} 上的 {what} 无法与外界通信（保留的地址除外）；已建立的连接会中断。",
    ),
    "reconnect": Text("{what} on {node} is connected again.", "{node} 上的 {what} 重新接通。"),
    "quarantine": Text(
        "The file {path} of {what} on {node} goes into the vault; processes that run it go on.",
        "{node} 上 {what} 的文件 {path} 移入保管库；正在运行它的进程不受影响。",
    ),
    "restore": Text("The file {path} is put back into {what} on {node}.", "文件 {path} 放回 {node} 上的 {what}。"),
    "capture": Text("Nothing is changed: {what} on {node} is only looked at.", "不做任何改变：只查看 {node} 上的 {what}。"),
}


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted: `kind` of KINDS; `container` a name, an id or its beginning ('' for the machine itself); `pid` and
    `started` (Unix nanoseconds) a process; `path` a file; `seconds` how long it holds, 0 for until it is undone; `keep`
    addresses that stay reachable; `undoes` the id of what is taken back; `incident` the id of the incident it is for, whose
    `process_key` the process has."""

    kind: str
    container: str = ""
    node: str = ""
    pid: int = 0
    started: int = 0
    path: str = ""
    seconds: int = 0
    keep: tuple[str, ...] = ()
    packets: int = 0
    minutes: int = 10
    files: tuple[str, ...] = ()
    undoes: str = ""
    reason: str = ""
    incident: str = ""
    process_key: int = 0


def order_response(app: Application, who: Principal, wish: Wish, *, dry_run: bool = False) -> EffectRecord:
    """Orders it, or with `dry_run` only says what it would hit. Raises NotFoundError, UsageError, DeniedError."""
    require(who, Permission.READ if dry_run else Permission.RESPOND)
    _check(wish, dry_run=dry_run)
    # A dry run writes nothing: it must not wait for whoever does, nor hold them up.
    with app.store.look() if dry_run else app.store.transaction():
        subject = _subject(app, wish)
        now = app.clock.now()
        effect = _effect(app, who, wish, subject, now)
        refusal = _refusal(app, subject, effect, now)
        if dry_run:
            state = EffectState.REFUSED if refusal is not None else EffectState.DRY_RUN
            return EffectRecord(effect=effect, state=state, time=now, detail=refusal or effect.blast_radius)
        if refusal is not None:
            raise UsageError(refusal.en, "`periderm status` and `periderm policy` tell more.")
        record = EffectRecord(effect=effect, state=EffectState.ORDERED, time=now, detail=effect.blast_radius)
        app.store.put_effect(record)
        note(app, who, "response.order", effect.id, f"{wish.kind}: {effect.blast_radius.en} {wish.reason}")
        return record


def undo_response(app: Application, who: Principal, effect_id: str, reason: str) -> EffectRecord:
    """Takes back what holds. Raises NotFoundError, UsageError, DeniedError."""
    require(who, Permission.RESPOND)
    record = app.store.effect(effect_id)
    if record is None:
        raise NotFoundError(f"There is no response {effect_id!r}.", "`periderm respond list` lists those that exist.")
    effect = record.effect
    if not isinstance(effect, Held):
        raise UsageError("This response cannot be taken back.", "A pause, an isolation and a quarantine can.")
    if record.state is EffectState.UNDONE:
        raise UsageError("It was taken back already.")
    kind = {"pause-container": "resume", "isolate-container": "reconnect"}.get(
        str(type(effect).__struct_config__.tag), "restore"
    )
    wish = Wish(kind=kind, container=effect.container_id, undoes=effect.id, reason=reason, incident=effect.incident_id)
    return order_response(app, who, wish)


def _check(wish: Wish, *, dry_run: bool) -> None:
    if wish.kind not in KINDS:
        raise UsageError(f"There is no response {wish.kind!r}.", f"Use one of {', '.join(KINDS)}.")
    if not dry_run and not wish.reason.strip():
        raise UsageError("A response needs a reason.", "Say in a sentence why: --reason '…'.")
    if not 0 <= wish.seconds <= LONGEST_SECONDS:
        raise UsageError("A response holds for 30 days at most.", "Leave the time out for until it is undone.")
    if wish.kind in ("kill", "kill-tree") and (wish.pid <= 1 or wish.started <= 0):
        raise UsageError("Which process is meant is not told.", "Give its pid as the machine sees it: --pid N.")
    if wish.kind == "quarantine" and not wish.path.startswith("/"):
        raise UsageError("Which file is meant is not told.", "Give its absolute path inside the container: --path /….")
    if not 0 <= wish.packets <= MOST_PACKETS:
        raise UsageError(f"Packets are listened to for {MOST_PACKETS} s at most.")


def _subject(app: Application, wish: Wish) -> Container | Node:
    if not wish.container:
        nodes = [a for a in app.store.assets(Query(kind="node", limit=1000)).items if isinstance(a, Node)]
        fitting = [n for n in nodes if wish.node in ("", n.id, n.name, n.hostname)]
        if len(fitting) != 1:
            raise NotFoundError("Which machine is meant is not told.", "Name the container, or the node.")
        if wish.kind not in ("kill", "kill-tree", "quarantine", "restore", "capture"):
            raise UsageError(f"`{wish.kind}` is done to a container.", "Name one: `periderm assets` lists them.")
        return fitting[0]
    known = app.store.asset(wish.container)
    if isinstance(known, Container):
        return known
    found = [
        a
        for a in app.store.assets(Query(kind="container", text=wish.container[:12], limit=1000)).items
        if isinstance(a, Container) and wish.container in (a.id, a.name)
    ]
    if not found:
        found = [
            a
            for a in app.store.assets(Query(kind="container", limit=1000)).items
            if isinstance(a, Container) and len(wish.container) >= 8 and a.container_id.startswith(wish.container)
        ]
    running = [c for c in found if c.running] or found[:1]
    if not running:
        raise NotFoundError(f"There is no container {wish.container!r}.", "`periderm assets` lists those that run.")
    if len(running) > 1:
        raise UsageError(f"{len(running)} containers are called {wish.container!r}.", "Give the beginning of its id.")
    return running[0]


def _refusal(app: Application, subject: Container | Node, effect: Effect, now: int) -> Text | None:
    node_id = effect.node_id
    beats = [b for b in app.store.heartbeats() if b.node_id == node_id]
    harmless = isinstance(effect, ResumeContainer | ReconnectContainer | RestoreFile | CaptureForensics)
    if not harmless:
        policy = holding_policy(subject, app.store.policies())
        if (held := exempted(subject, policy, ())) is not None:
            return held
        if isinstance(effect, KillProcess | KillTree) and effect.pid in {1, *(b.pid for b in beats)}:
            return Text("Periderm never acts on itself or on pid 1.", "Periderm 绝不对自身或 1 号进程采取动作。")
    if isinstance(subject, Container) and not subject.running and not isinstance(effect, ReconnectContainer | ResumeContainer):
        return Text("The container does not run any more.", "该容器已不再运行。")
    if not any(b.role == "agent" and now - b.time < AGENT_SILENT_SECONDS * 10**9 for b in beats):
        return Text(
            "No agent has spoken from this node for a minute; nobody would carry it out.",
            "该节点的代理已一分钟没有消息；无人可以执行。",
        )
    return None


def _effect(app: Application, who: Principal, wish: Wish, subject: Container | Node, now: int) -> Effect:
    node_id = subject.node_id if isinstance(subject, Container) else subject.id
    node = app.store.asset(node_id)
    what = subject.name if not wish.pid else f"pid {wish.pid} ({subject.name})"
    held = _held(app, wish, subject)
    undoes = held.id if held is not None else wish.undoes
    path = held.path if isinstance(held, QuarantineFile) else wish.path
    hits = _HITS[wish.kind].fill(what=what, node=node.name if node is not None else node_id, path=path)
    common = {
        "id": stable_id("eff", wish.kind, subject.id, wish.pid, path, undoes, who.name, now),
        "node_id": node_id,
        "asset_id": subject.id,
        "reason": Text(wish.reason, wish.reason),
        "blast_radius": hits,
        "decided_by": who.name,
        "decided_at": now,
        "expires": now + ORDER_SECONDS * 10**9,
        "lasts": wish.seconds * 10**9,
        "incident_id": wish.incident,
    }
    container_id = subject.container_id if isinstance(subject, Container) else ""
    box = {"container_id": container_id, "runtime": subject.runtime if isinstance(subject, Container) else ""}
    process: dict[str, object] = {"process_key": wish.process_key, "pid": wish.pid, "started": wish.started}
    kinds: dict[str, tuple[type[Effect], dict[str, object]]] = {
        "kill": (KillProcess, process),
        "kill-tree": (KillTree, {**process, "container_id": container_id}),
        "kill-container": (KillContainer, {**box}),
        "pause": (PauseContainer, {**box}),
        "resume": (ResumeContainer, {**box, "undoes": undoes}),
        "isolate": (IsolateContainer, {**box, "keep": _kept(app, wish, subject)}),
        "reconnect": (ReconnectContainer, {**box, "undoes": undoes}),
        "quarantine": (QuarantineFile, {**box, "path": wish.path}),
        "restore": (RestoreFile, {"container_id": container_id, "undoes": undoes, "path": path}),
        "capture": (
            CaptureForensics,
            {
                **box,
                "pid": wish.pid,
                "started": wish.started,
                "packets": wish.packets,
                "minutes": wish.minutes,
                "files": wish.files,
            },
        ),
    }
    kind, fields = kinds[wish.kind]
    return msgspec.convert(msgspec.to_builtins(common | fields), kind)


def _kept(app: Application, wish: Wish, subject: Container | Node) -> tuple[str, ...]:
    """What was asked for, and what the workload's policy always keeps."""
    return tuple(dict.fromkeys((*wish.keep, *holding_policy(subject, app.store.policies()).keep_addresses)))


def _held(app: Application, wish: Wish, subject: Container | Node) -> Held | None:
    """What an undo takes back: what is named, or the latest of that kind that holds. Raises NotFoundError."""
    kinds: dict[str, type[Held]] = {"resume": PauseContainer, "reconnect": IsolateContainer, "restore": QuarantineFile}
    wanted = kinds.get(wish.kind)
    if wanted is None:
        return None
    if wish.undoes:
        record = app.store.effect(wish.undoes)
        if record is not None and isinstance(record.effect, wanted):
            return record.effect
        raise NotFoundError(f"There is no such response {wish.undoes!r}.", "`periderm respond list` lists those that exist.")
    page = app.store.effects(Query(asset_id=subject.id, state=EffectState.APPLIED.value, limit=1000))
    for record in page.items:
        effect = record.effect
        if isinstance(effect, wanted) and (not isinstance(effect, QuarantineFile) or wish.path in ("", effect.path)):
            return effect
    raise NotFoundError(f"Nothing of {subject.name} waits to be taken back.", "`periderm respond list` lists what was done.")
