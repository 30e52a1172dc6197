"""What the agent does beside reading events: finds containers and images, fetches policies, inventories and orders,
tells the sensor's blind spots, says that it is alive. Runs on its own thread and gives `flow.watch` values only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from periderm.flow.host_looks import HostLooks
from periderm.flow.outbox import Outbox
from periderm.flow.payloads import Looks
from periderm.flow.put_rules import PutRules
from periderm.flow.usage import Usage
from periderm.flow.watch import Containers, Order, Policies, Sessions, Watch
from periderm.model.asset import Container, Image, Node, Workload
from periderm.model.envelope import Heartbeat, Record, ScanRequest
from periderm.model.errors import ConnectError, ContainerRuntimeError, DeniedError
from periderm.model.event import SensorCounters
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.labels import workload_of
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.uplink import Uplink

PERIOD_SECONDS = 1.0
HEARTBEAT_NS = 5 * 10**9
REFRESH_NS = 60 * 10**9

_Seen = TypeVar("_Seen", Node, Image, Container)

# Which counter becomes which gap, in whose words. Counters that are not here are figures, not blind spots.
_COUNTED: dict[str, tuple[GapKind, Text]] = {
    "lost": (GapKind.EVENTS_LOST, Text("{n} events were lost: the ring was full.", "丢失 {n} 个事件：环形缓冲区已满。")),
    "malformed": (GapKind.EVENTS_LOST, Text("{n} records could not be read.", "{n} 条记录无法解析。")),
    "incomplete": (GapKind.EVENTS_LOST, Text("{n} events came without their strings.", "{n} 个事件缺少其字符串。")),
    "no-state": (
        GapKind.EVENTS_LOST,
        Text("{n} processes were not followed from their start.", "{n} 个进程未能从启动时开始跟踪。"),
    ),
    "dropped": (
        GapKind.EVENTS_LOST,
        Text("{n} records were dropped: the disk was full.", "丢弃 {n} 条记录：磁盘已满。"),
    ),
    "refused": (
        GapKind.EVENTS_LOST,
        Text("{n} messages were refused by the server and set aside.", "{n} 条消息被服务器拒收并另存。"),
    ),
    "content-skipped": (
        GapKind.NOT_EXAMINED,
        Text(
            "{n} files that came after the image were not looked into: there were too many.",
            "{n} 个镜像之外的文件因数量过多而未检查内容。",
        ),
    ),
    "history-unwritten": (
        GapKind.HISTORY_SHORT,
        Text("{n} events are not in the history: its disk was slow or full.", "{n} 个事件未写入历史：磁盘过慢或已满。"),
    ),
    "history-shortened": (
        GapKind.HISTORY_SHORT,
        Text(
            "{n} events left the history before their age: its quota or the disk was full.",
            "{n} 个事件在到期前被移出历史：配额或磁盘已满。",
        ),
    ),
    "history-unkept": (
        GapKind.HISTORY_SHORT,
        Text("{n} runs that put the history in order failed; see its log.", "历史整理任务失败 {n} 次，详见其日志。"),
    ),
    "unreadable": (GapKind.PATH_UNREADABLE, Text("{n} paths could not be read.", "{n} 个路径无法读取。")),
    "syscall32-undecoded": (
        GapKind.SYSCALL_VARIANT,
        Text("{n} 32-bit system calls were counted but not decoded.", "{n} 次 32 位系统调用仅计数而未解码。"),
    ),
    "x32": (
        GapKind.SYSCALL_VARIANT,
        Text("{n} x32 system calls were counted but not decoded.", "{n} 次 x32 系统调用仅计数而未解码。"),
    ),
    "io_uring-undecoded": (
        GapKind.SYSCALL_VARIANT,
        Text("{n} io_uring operations were counted but not decoded.", "{n} 次 io_uring 操作仅计数而未解码。"),
    ),
    "kill-failed": (
        GapKind.ENFORCEMENT_FAILED,
        Text("{n} programs that a policy forbids could not be killed.", "{n} 个被策略禁止的程序未能终止。"),
    ),
}
_NO_STEP = Text("", "")
_LOST_STEP = Text(
    "Give the ring more room (PERIDERM_RING_MIB), or find what makes so many events with `periderm status`.",
    "请增大环形缓冲区（PERIDERM_RING_MIB），或用 `periderm status` 查看事件来源。",
)


class Control:
    """`counters` reads the sensor's totals; it must be safe to call from this thread."""

    def __init__(
        self,
        *,
        node: Node,
        watch: Watch,
        outbox: Outbox,
        uplink: Uplink,
        runtimes: Sequence[ContainerRuntime],
        clock: Clock,
        counters: Callable[[], SensorCounters],
        heartbeat: Heartbeat,
        save_policies: Callable[[Sequence[Policy]], None],
        figures: Callable[[], dict[str, float]],
        usage: Usage | None = None,
        rules: PutRules | None = None,
        history: Callable[[], dict[str, int]] = dict,
        looks: Looks | None = None,
        host: HostLooks | None = None,
    ) -> None:
        self._node = node
        self._watch = watch
        self._outbox = outbox
        self._uplink = uplink
        self._runtimes = runtimes
        self._clock = clock
        self._counters = counters
        self._heartbeat = heartbeat
        self._save_policies = save_policies
        self._figures = figures
        self._usage = usage
        self._rules = rules
        self._history = history
        self._looks = looks
        self._wrong = ""
        self._used = 0
        self._told: dict[str, Record] = {}
        self._running: dict[str, Container] = {}
        self._images: dict[str, Image] = {}
        self._counted: dict[str, int] = {}
        self._policies: tuple[Policy, ...] = ()
        self._sessions: tuple[AnnouncedSession, ...] = ()
        self._beat_at = 0
        self._refreshed = 0
        self._skew = clock.now() - clock.monotonic()
        self._host = host
        self.steps: tuple[Callable[[], None], ...] = (
            self.discover,
            self.fetch,
            self.use,
            self.put_rules,
            self.look_at_host,
            self.blind_spots,
            self.beat,
        )

    def run(self, stop: threading.Event) -> None:
        """Each step in turn, once a second, until `stop` is set."""
        while not stop.is_set():
            for step in self.steps:
                step()
            stop.wait(PERIOD_SECONDS)

    def discover(self) -> None:
        """Containers and images of all runtimes; what is new or changed is told, what has ended too."""
        now = self._clock.now()
        running: dict[str, Container] = {}
        images: dict[str, tuple[Image, ContainerRuntime]] = {}
        for runtime in self._runtimes:
            try:
                running.update((c.id, c) for c in runtime.containers())
                images.update((i.id, (i, runtime)) for i in runtime.images())
            except ContainerRuntimeError as error:
                self._gap(GapKind.SUBJECT_UNKNOWN, runtime.name(), Text(str(error), str(error)), 1)
        if running != self._running:
            self._watch.give(Containers(tuple(running.values())))
        records: list[Record] = []
        for image, runtime in images.values():
            if image.id not in self._images:
                records.append(_seen(image, now))
                records.append(
                    ScanRequest(
                        image_digest=image.digest,
                        source=runtime.scan_source(image),
                        reference=image.references[0] if image.references else image.digest,
                        node_id=self._node.id,
                        requested=now,
                    )
                )
        for container in running.values():
            if self._running.get(container.id) != container:
                records.append(_seen(container, now))
                records.append(_workload_of(container, now))
        for identity, container in self._running.items():
            if identity not in running:
                records.append(_seen(msgspec.structs.replace(container, running=False, pid=0), now))
        refresh = now - self._refreshed > REFRESH_NS
        if refresh:
            self._refreshed = now
            records.append(_seen(self._node, now))
            records.extend(_seen(c, now) for c in running.values() if self._running.get(c.id) == c)
        self._running, self._images = running, {k: v[0] for k, v in images.items()}
        if records:
            self._outbox.put(records)

    def fetch(self) -> None:
        """Policies, inventories that the engine wants, and orders. Without the server the last policies stay in force."""
        try:
            policies = tuple(self._uplink.policies())
            if policies != self._policies:
                self._policies = policies
                self._save_policies(policies)
                self._watch.give(Policies(policies))
            sessions = tuple(self._uplink.sessions())
            if sessions != self._sessions:
                self._sessions = sessions
                self._watch.give(Sessions(sessions))
            for digest in sorted(self._watch.wanted)[:8]:
                inventory = self._uplink.inventory(digest)
                if inventory is not None:
                    self._watch.give(inventory)
            for effect in self._uplink.commands(self._node.id):
                if effect.id not in self._told:
                    # The server lists an order until its record arrives; it must be carried out only once.
                    self._told[effect.id] = self._node
                    self._watch.give(Order(effect))
        except (ConnectError, DeniedError) as error:
            self._outbox.problem = str(error)

    def use(self) -> None:
        """Which files of the running images are in use, once a minute."""
        now = self._clock.monotonic()
        if self._usage is None or (self._used and now - self._used < REFRESH_NS):
            return
        self._used = now
        records = self._usage.look(self._running.values(), self._clock.now(), self._watch.take_programs())
        if records:
            self._outbox.put(records)

    def put_rules(self) -> None:
        """Rule packs that changed, and what is wrong with those that were refused."""
        for trouble in self._rules.step() if self._rules is not None else ():
            self._gap(trouble.kind, trouble.detail, trouble.message, trouble.count, trouble.next_step)

    def look_at_host(self) -> None:
        """What the machine hides and who keeps it busy, once a minute; what cannot be looked at is told as a gap."""
        if self._host is None:
            return
        self._host.step()
        for words in self._host.blind():
            self._gap(GapKind.KERNEL_UNSUPPORTED, words.en[:64], words, 1)

    def blind_spots(self) -> None:
        """Counters that grew, and a clock that jumped, become coverage gaps."""
        counters = self._counters()
        own = {"dropped": self._outbox.dropped, "refused": self._outbox.refused, **self._history()}
        if self._looks is not None:
            own["content-skipped"] = self._looks.skipped
            if self._looks.problem not in ("", self._wrong):
                self._wrong = self._looks.problem
                words = Text("The YARA rules in the state folder were refused: {why}", "状态目录中的 YARA 规则被拒绝：{why}")
                self._gap(GapKind.RULES_REFUSED, "yara", words.fill(why=self._wrong), 1)
        for name, (kind, text) in _COUNTED.items():
            total = own.get(name, 0) or int(getattr(counters, name, 0)) or counters.other.get(name, 0)
            if total > self._counted.get(name, 0):
                self._counted[name] = total
                self._gap(kind, name, text.fill(n=total), total)
        skew = self._clock.now() - self._clock.monotonic()
        if abs(skew - self._skew) > 2 * 10**9:
            seconds = round((skew - self._skew) / 1e9)
            words = Text(
                f"The clock of this node jumped by {seconds} s; the order of events around it may be wrong.",
                f"该节点的时钟跳变了 {seconds} 秒，前后事件的顺序可能有误。",
            )
            self._gap(GapKind.CLOCK_JUMP, str(seconds), words, 1)
        self._skew = skew

    def beat(self) -> None:
        """Says that the agent is alive, with its figures."""
        now = self._clock.monotonic()
        if self._beat_at and now - self._beat_at < HEARTBEAT_NS:
            return
        self._beat_at = now
        self._outbox.put([msgspec.structs.replace(self._heartbeat, time=self._clock.now(), figures=self._figures())])

    def _gap(self, kind: GapKind, detail: str, message: Text, count: int, step: Text = _NO_STEP) -> None:
        now = self._clock.now()
        gap = CoverageGap(
            id=stable_id("gap", kind.value, self._node.id, detail, self._heartbeat.pid),
            kind=kind,
            asset_id=self._node.id,
            message=message,
            next_step=_LOST_STEP if detail == "lost" else step,
            count=count,
            since=now,
            until=now,
            detail=detail,
        )
        self._outbox.put([gap])


def _seen(asset: _Seen, now: int) -> _Seen:
    return msgspec.structs.replace(asset, first_seen=now, last_seen=now)


def _workload_of(container: Container, now: int) -> Workload:
    workload = workload_of(container.name, container.labels, container.image_name)
    return msgspec.structs.replace(workload, first_seen=now, last_seen=now)
