"""What a person orders about an incident: pause its container, resume it, kill a process. Says first what it will hit.

The order is a value in the store; the node's agent fetches it, checks its own guards again and carries it out.
A policy limits what the product does by itself; a person who may respond is not held back by it, but is told.
"""

from __future__ import annotations

from typing import TypedDict

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.model.alert import ProcessRecord
from periderm.model.asset import Container
from periderm.model.effect import (
    Effect,
    EffectRecord,
    EffectState,
    KillProcess,
    PauseContainer,
    ResumeContainer,
)
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.incident import Incident
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.text import Text

ORDER_SECONDS = 300  # an order that no agent fetched by then is refused by the agent
AGENT_SILENT_SECONDS = 60
OVER = (EffectState.UNDONE, EffectState.FAILED, EffectState.REFUSED, EffectState.DRY_RUN)
KINDS = ("pause-container", "resume-container", "kill-process")

_PAUSE = Text(
    "Freezes all processes of {name} on {node}; requests to it wait until it is resumed. Nothing is lost.",
    "冻结 {node} 上 {name} 的全部进程；恢复之前发给它的请求会一直等待。不会丢失任何数据。",
)
_RESUME = Text("Lets all processes of {name} on {node} go on.", "让 {node} 上 {name} 的全部进程继续运行。")
_KILL = Text(
    "Kills {exe} (pid {pid}) in {name} on {node}. What it holds in memory is lost; its children go on.",
    "终止 {node} 上 {name} 中的 {exe}（pid {pid}）。其内存中的内容会丢失；其子进程继续运行。",
)
_ALONE = Text(" It is the only running container of its workload.", "它是该工作负载唯一在运行的容器。")
_OTHERS = Text(" {count} other containers of the workload go on.", "该工作负载的另外 {count} 个容器不受影响。")
_ASKED = Text("Ordered by a person for incident {incident}.", "由人工针对事件 {incident} 下达。")

_MAY = Text("", "")
_NO_CONTAINER = Text("The incident is not in a container.", "该事件不在容器中。")
_NOT_RUNNING = Text("The container does not run any more.", "该容器已不再运行。")
_PAUSED = Text("The container is paused, or will be in a moment.", "该容器已暂停，或即将暂停。")
_NOT_PAUSED = Text("The container was not paused by Periderm.", "该容器并非由 Periderm 暂停。")
_ENDED = Text("The process has ended.", "该进程已结束。")
_UNSURE = Text(
    "Its start was not seen, so its pid may belong to another process by now.",
    "未看到它的启动，其 pid 现在可能已属于其他进程。",
)
_FIRST = Text(
    "It is the container's first process: killing it stops the container. Pause the container instead.",
    "它是容器的首个进程：终止它会使容器停止。请改为暂停容器。",
)
_OURSELVES = Text("Periderm never acts on itself or on pid 1.", "Periderm 绝不对自身或 1 号进程采取动作。")
_SILENT = Text(
    "No agent has spoken from this node for a minute; nobody would carry it out.",
    "该节点的代理已一分钟没有消息；无人可以执行。",
)


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A response that exists for an incident. `refusal` is empty if it can be ordered now, else one sentence why not.
    `undo` is the kind that takes it back, '' if nothing does. `record` is what became of it so far."""

    kind: str
    effect: Effect
    refusal: Text = Text("", "")
    undo: str = ""
    record: EffectRecord | None = None

    @property
    def allowed(self) -> bool:
        """Whether it can be ordered now."""
        return not self.refusal.en


def propose(app: Application, who: Principal, incident_id: str) -> tuple[Proposal, ...]:
    """What can be done about an incident, with what each will hit. Raises NotFoundError."""
    require(who, Permission.READ)
    incident = app.store.incident(incident_id)
    if incident is None:
        raise NotFoundError(f"There is no incident {incident_id!r}.", "`periderm incidents` lists those that exist.")
    scene = _Scene(app, who, incident)
    proposals = [scene.pause(), scene.resume()] if incident.container_id else []
    alive = [p for p in incident.processes if not p.killed and not p.ended]
    proposals += [scene.kill(process) for process in alive[:20]]
    return tuple(proposals)


def order(
    app: Application,
    who: Principal,
    incident_id: str,
    kind: str,
    *,
    process_key: int = 0,
    dry_run: bool = False,
    reason: str = "",
) -> EffectRecord:
    """Order a response, or with `dry_run` only say what it would hit (nothing is stored then). Ordering again what
    already waits or was done gives the record that exists. `reason` is the person's own words.
    Raises NotFoundError, UsageError, DeniedError."""
    require(who, Permission.READ if dry_run else Permission.RESPOND)
    if kind not in KINDS:
        raise UsageError(f"There is no response {kind!r}.", f"Use one of {', '.join(KINDS)}.")
    # A dry run writes nothing: it must not wait for whoever does, nor hold them up.
    with app.store.look() if dry_run else app.store.transaction():
        incident = app.store.incident(incident_id)
        if incident is None:
            raise NotFoundError(f"There is no incident {incident_id!r}.", "`periderm incidents` lists those that exist.")
        proposal = _choose(_Scene(app, who, incident), kind, process_key)
        now = app.clock.now()
        if dry_run:
            state = EffectState.DRY_RUN if proposal.allowed else EffectState.REFUSED
            detail = proposal.effect.blast_radius if proposal.allowed else proposal.refusal
            return EffectRecord(effect=proposal.effect, state=state, time=now, detail=detail)
        if proposal.record is not None and proposal.record.state not in OVER:
            return proposal.record
        if not proposal.allowed:
            raise UsageError(proposal.refusal.en, "Reload the incident to see what can be done now.")
        effect = proposal.effect
        if reason:
            effect = msgspec.structs.replace(effect, reason=Text(reason, reason))
        record = EffectRecord(effect=effect, state=EffectState.ORDERED, time=now, detail=effect.blast_radius)
        app.store.put_effect(record)
        note(app, who, "response.order", effect.id, f"{kind}: {effect.blast_radius.en} {effect.reason.en}")
        return record


def _choose(scene: _Scene, kind: str, process_key: int) -> Proposal:
    if kind == "pause-container":
        return scene.pause()
    if kind == "resume-container":
        return scene.resume()
    process = next((p for p in scene.incident.processes if p.key == process_key), None)
    if process is None:
        raise NotFoundError("The incident has no such process.", "Give the `key` of one of its processes.")
    return scene.kill(process)


class _Common(TypedDict):
    id: str
    node_id: str
    asset_id: str
    incident_id: str
    reason: Text
    blast_radius: Text
    decided_by: str
    decided_at: int
    expires: int


class _Scene:
    """What is known around one incident while proposals are made."""

    def __init__(self, app: Application, who: Principal, incident: Incident) -> None:
        self.app = app
        self.incident = incident
        self.who = who
        self.now = app.clock.now()
        asset = app.store.asset(incident.asset_id)
        self.container = asset if isinstance(asset, Container) else None
        node = app.store.asset(incident.node_id)
        self.node_name = node.name if node is not None else incident.node_id
        beats = [b for b in app.store.heartbeats() if b.node_id == incident.node_id]
        self.silent = not any(b.role == "agent" and self.now - b.time < AGENT_SILENT_SECONDS * 10**9 for b in beats)
        self.ours = {1, *(b.pid for b in beats)}

    @property
    def name(self) -> str:
        """What the blast radius calls the subject."""
        return self.incident.container_name or self.incident.container_id[:12] or self.node_name

    def pause(self) -> Proposal:
        """Freeze the container."""
        effect = PauseContainer(
            **self._common("pause-container", self.incident.container_id, _PAUSE),
            container_id=self.incident.container_id,
            runtime=self.container.runtime if self.container else "",
        )
        refusal = _MAY
        if self.container is None:
            refusal = _NO_CONTAINER
        elif not self.container.running:
            refusal = _NOT_RUNNING
        elif self._holding_pause() is not None:
            refusal = _PAUSED
        return self._proposal(effect, refusal, "resume-container")

    def resume(self) -> Proposal:
        """Take the pause back."""
        pause = self._holding_pause()
        undoes = pause.effect.id if pause is not None else ""
        effect = ResumeContainer(
            **self._common("resume-container", undoes or self.incident.container_id, _RESUME),
            container_id=self.incident.container_id,
            runtime=self.container.runtime if self.container else "",
            undoes=undoes,
        )
        return self._proposal(effect, _MAY if undoes else _NOT_PAUSED, "pause-container")

    def kill(self, process: ProcessRecord) -> Proposal:
        """Kill one process of the incident."""
        effect = KillProcess(
            **self._common("kill-process", str(process.key), _KILL, exe=process.exe, pid=process.pid),
            process_key=process.key,
            pid=process.pid,
            started=process.started,
            executable=process.exe,
        )
        refusal = _MAY
        if process.pid in self.ours:
            refusal = _OURSELVES
        elif process.killed or process.ended:
            refusal = _ENDED
        elif not process.started:
            refusal = _UNSURE
        elif self.container is not None and process.pid == self.container.pid:
            refusal = _FIRST
        return self._proposal(effect, refusal, "")

    def _proposal(self, effect: Effect, refusal: Text, undo: str) -> Proposal:
        kind = type(effect).__struct_config__.tag
        if not refusal.en and self.silent:
            refusal = _SILENT
        return Proposal(kind=str(kind), effect=effect, refusal=refusal, undo=undo, record=self.app.store.effect(effect.id))

    def _common(self, kind: str, target: str, template: Text, **values: object) -> _Common:
        hits = template.fill(name=self.name, node=self.node_name, **values)
        if kind == "pause-container":
            others = self._others()
            more = (_OTHERS.fill(count=others) if others else _ALONE) if others is not None else _MAY
            hits = Text(hits.en + more.en, hits.zh + more.zh)
        return {
            "id": self._fresh_id(kind, target),
            "node_id": self.incident.node_id,
            "asset_id": self.incident.asset_id,
            "incident_id": self.incident.id,
            "reason": _ASKED.fill(incident=self.incident.id),
            "blast_radius": hits,
            "decided_by": self.who.name,
            "decided_at": self.now,
            "expires": self.now + ORDER_SECONDS * 10**9,
        }

    def _fresh_id(self, kind: str, target: str) -> str:
        """The id of the order that still holds, or of the next one if the last is over (undone, failed, refused)."""
        for turn in range(1000):
            effect_id = stable_id("eff", kind, self.incident.id, target, turn)
            record = self.app.store.effect(effect_id)
            if record is None or (record.state not in OVER and not self._undone(record)):
                return effect_id
        raise UsageError("The same response was ordered a thousand times for this incident.", "Look at its effects first.")

    def _holding_pause(self) -> EffectRecord | None:
        """The pause of this container that was ordered or applied, by whomever, and not taken back."""
        page = self.app.store.effects(Query(kind="pause-container", asset_id=self.incident.asset_id, limit=100))
        for record in page.items:
            holds = record.state in (EffectState.ORDERED, EffectState.APPLIED)
            same = isinstance(record.effect, PauseContainer) and record.effect.container_id == self.incident.container_id
            if holds and same and not self._undone(record):
                return record
        return None

    def _undone(self, pause: EffectRecord) -> bool:
        """Whether a resume of it was ordered or applied."""
        if not isinstance(pause.effect, PauseContainer):
            return False
        page = self.app.store.effects(Query(kind="resume-container", asset_id=pause.effect.asset_id, limit=100))
        return any(
            isinstance(r.effect, ResumeContainer)
            and r.effect.undoes == pause.effect.id
            and r.state in (EffectState.ORDERED, EffectState.APPLIED)
            for r in page.items
        )

    def _others(self) -> int | None:
        """How many other containers of the workload run; None if the workload is not known."""
        if not self.incident.workload_id:
            return None
        page = self.app.store.assets(Query(kind="container", workload_id=self.incident.workload_id, limit=1000))
        return sum(1 for a in page.items if isinstance(a, Container) and a.running and a.id != self.incident.asset_id)
