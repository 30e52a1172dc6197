"""A node's blind spots as coverage gaps: counters of the sensor, the spool and the history that grew, and a clock that jumped.
Counts nothing itself and asks nobody but those who count."""

from __future__ import annotations

from collections.abc import Callable

from periderm.flow.outbox import Outbox
from periderm.flow.payloads import Looks
from periderm.model.event import SensorCounters
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.text import Text
from periderm.ports.clock import Clock

JUMP_NS = 2 * 10**9

# Which counter becomes which gap, in whose words. Counters that are not here are figures, not blind spots.
_COUNTED: dict[str, tuple[GapKind, Text]] = {
    "lost": (GapKind.EVENTS_LOST, Text("{n} events were lost: the ring was full.", "丢失 {n} 个事件：环形缓冲区已满。")),
    "lost-before": (
        GapKind.EVENTS_LOST,
        Text(
            "{n} events were lost before this agent took over from the one before it, which may have told of them.",
            "在本代理接管之前丢失了 {n} 个事件，前一代理可能已上报过。",
        ),
    ),
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
    "spool-shed": (
        GapKind.DETAIL_SHED,
        Text(
            "{n} records of detail were not sent, the oldest first: the server was away for longer than the spool has room.",
            "因服务器长时间无响应且本地缓存已满，{n} 条细节记录（从最旧开始）未发送。",
        ),
    ),
    "spool-lost": (
        GapKind.EVENTS_LOST,
        Text(
            "{n} records were not sent, the oldest first: the server was away for longer than the spool has room.",
            "因服务器长时间无响应且本地缓存已满，{n} 条记录（从最旧开始）未发送。",
        ),
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
    "calls-unwatched": (
        GapKind.NOT_EXAMINED,
        Text(
            "{n} programs started in containers whose system calls are not kept: another container has their place.",
            "有 {n} 个程序在未保留系统调用集合的容器中启动：位置已被另一容器占用。",
        ),
    ),
    "kill-failed": (
        GapKind.ENFORCEMENT_FAILED,
        Text("{n} programs that a policy forbids could not be killed.", "{n} 个被策略禁止的程序未能终止。"),
    ),
    "restored-away": (
        GapKind.EVENTS_LOST,
        Text(
            "{n} messages that the server had taken before it was restored from a backup are no longer on this machine.",
            "服务器从备份恢复之前已接收的 {n} 条消息在本机已不再保留。",
        ),
    ),
}
_NO_STEP = Text("", "")
_LOST_STEP = Text(
    "Give the ring more room (PERIDERM_RING_MIB), or find what makes so many events with `periderm status`.",
    "请增大环形缓冲区（PERIDERM_RING_MIB），或用 `periderm status` 查看事件来源。",
)


class BlindSpots:
    """One thread uses it. `counters` reads the sensor's totals, `history` those of what is kept; both must be safe to call from
    that thread. `pid` tells this agent's gaps from those of the one before."""

    def __init__(
        self,
        node_id: str,
        pid: int,
        outbox: Outbox,
        clock: Clock,
        *,
        counters: Callable[[], SensorCounters],
        history: Callable[[], dict[str, int]] = dict,
        looks: Looks | None = None,
    ) -> None:
        self._node_id = node_id
        self._pid = pid
        self._outbox = outbox
        self._clock = clock
        self._counters = counters
        self._history = history
        self._looks = looks
        self._wrong = ""
        self._counted: dict[str, int] = {}
        self._skew = clock.now() - clock.monotonic()

    def step(self) -> None:
        """Counters that grew, and a clock that jumped, become coverage gaps."""
        counters = self._counters()
        outbox = self._outbox
        own = {"dropped": outbox.dropped, "refused": outbox.refused, "spool-shed": outbox.shed, "spool-lost": outbox.lost}
        own |= {"restored-away": outbox.gone} | self._history()
        if self._looks is not None:
            own["content-skipped"] = self._looks.skipped
            if self._looks.problem not in ("", self._wrong):
                self._wrong = self._looks.problem
                words = Text("The YARA rules in the state folder were refused: {why}", "状态目录中的 YARA 规则被拒绝：{why}")
                self.tell(GapKind.RULES_REFUSED, "yara", words.fill(why=self._wrong), 1)
        for name, (kind, text) in _COUNTED.items():
            total = own.get(name, 0) or int(getattr(counters, name, 0)) or counters.other.get(name, 0)
            if total > self._counted.get(name, 0):
                self._counted[name] = total
                self.tell(kind, name, text.fill(n=total), total)
        outbox.told(own["spool-shed"], own["spool-lost"])
        skew = self._clock.now() - self._clock.monotonic()
        if abs(skew - self._skew) > JUMP_NS:
            seconds = round((skew - self._skew) / 1e9)
            words = Text(
                f"The clock of this node jumped by {seconds} s; the order of events around it may be wrong.",
                f"该节点的时钟跳变了 {seconds} 秒，前后事件的顺序可能有误。",
            )
            self.tell(GapKind.CLOCK_JUMP, str(seconds), words, 1)
        self._skew = skew

    def tell(self, kind: GapKind, detail: str, message: Text, count: int, step: Text = _NO_STEP) -> None:
        """One gap of this node; the same kind and detail is the same gap, with what is known now."""
        now = self._clock.now()
        gap = CoverageGap(
            id=stable_id("gap", kind.value, self._node_id, detail, self._pid),
            kind=kind,
            asset_id=self._node_id,
            message=message,
            next_step=_LOST_STEP if detail in ("lost", "lost-before") else step,
            count=count,
            since=now,
            until=now,
            detail=detail,
        )
        self._outbox.put([gap])
