"""Keeps the agent within its budget of CPU and memory: under pressure it gives up detail, step by step in the order of
model.shedding, and each detail that was lost becomes a coverage gap of its asset with its time. It measures nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.shedding import MOST_SHED, SHED_LEVELS, Detail, Pressure
from periderm.model.text import Text
from periderm.ports.sensor import Shedder

SECOND = 10**9
MIB = 1 << 20
CROWDED = 0.5  # a ring that is fuller than this is about to lose records
WINDOW_NS = 3 * SECOND  # over which CPU is measured, and a step holds at least
CALM_NS = 30 * SECOND  # how long all must be well before detail is taken up again
WELL = 0.6  # of the budget

_WORDS: dict[Detail, Text] = {
    Detail.REPEATS: Text("repeated events", "重复事件"),
    Detail.LIBRARY: Text("loaded libraries", "程序库加载"),
    Detail.EXEC_MEMORY: Text("memory made executable", "内存变为可执行"),
    Detail.UTIME: Text("changed file times", "文件时间修改"),
    Detail.PROCESS_NAME: Text("changed process names", "进程改名"),
    Detail.DNS: Text("questions to name servers", "域名查询"),
    Detail.SYSTEM_READS: Text("reads of system files", "读取系统文件"),
    Detail.MKDIR: Text("new folders", "新建目录"),
    Detail.READS: Text("reads of ordinary files", "读取普通文件"),
}


class Budget:
    """`cpu`: percent of one core, `memory`: MiB. Call `step` about once a second, from the thread that reads the sensor.

    One step down at a time and only after WINDOW_NS, at once where records are being lost; one step up after CALM_NS.
    """

    def __init__(self, shedder: Shedder, node_id: str, *, cpu: float, memory: int) -> None:
        self._shedder = shedder
        self._node_id = node_id
        self._cpu = cpu
        self._memory = memory * MIB
        self._last: tuple[int, Pressure] | None = None
        self._changed = 0
        self._calm = 0
        self._counted: dict[tuple[str, Detail], int] = {}
        self._open: dict[tuple[str, Detail], tuple[int, int]] = {}  # since when, and the count before
        self.level = 0
        self.cpu_percent = 0.0

    def limit(self, *, cpu: float, memory: int) -> None:
        """Another budget from now on: percent of one core, and MiB. Any thread may call it."""
        self._cpu, self._memory = cpu, memory * MIB

    def step(self, now: int, time: int) -> list[CoverageGap]:
        """`now`: monotonic ns, `time`: Unix ns. Gaps that are new or have grown."""
        pressure = self._shedder.pressure()
        if self._last is None:
            self._last = now, pressure
            self._begin()
            return []
        gaps = self._gaps(time)
        before, was = self._last
        if now - before < WINDOW_NS and pressure.lost == was.lost and pressure.ring < CROWDED:
            return gaps
        elapsed = max(now - before, 1)
        self.cpu_percent = (pressure.cpu_seconds - was.cpu_seconds) * SECOND / elapsed * 100
        self._last = now, pressure
        losing = pressure.lost > was.lost or pressure.ring >= CROWDED
        if losing or self.cpu_percent > self._cpu or pressure.memory_bytes > self._memory:
            self._calm = now
            if self.level < MOST_SHED and (losing or now - self._changed >= WINDOW_NS):
                self._set(self.level + 1, now)
                return [*gaps, self._stepped(time, pressure)]
        elif self.cpu_percent > self._cpu * WELL or pressure.memory_bytes > self._memory * 0.9:
            self._calm = now
        elif self.level and now - self._calm >= CALM_NS and now - self._changed >= CALM_NS:
            self._set(self.level - 1, now)
            if not self.level:
                self._open.clear()
        return gaps

    def _begin(self) -> None:
        """What an agent before this one set is taken back, and what it counted is not ours."""
        self._shedder.shed(0)
        self._counted = {(each.asset_id, each.detail): each.count for each in self._shedder.shed_counts()}

    def _set(self, level: int, now: int) -> None:
        self.level = level
        self._changed = now
        self._shedder.shed(level)

    def _gaps(self, time: int) -> list[CoverageGap]:
        found: list[CoverageGap] = []
        if not self.level and not self._open:
            return found
        for each in self._shedder.shed_counts():
            place = each.asset_id, each.detail
            old = self._counted.get(place, 0)
            if each.count <= old:
                continue
            self._counted[place] = each.count
            since, base = self._open.setdefault(place, (time, old))
            found.append(self._gap(each.asset_id, each.detail, each.count - base, since, time))
        return found

    @staticmethod
    def _gap(asset_id: str, detail: Detail, count: int, since: int, time: int) -> CoverageGap:
        words = _WORDS[detail]
        return CoverageGap(
            id=stable_id("gap", GapKind.DETAIL_SHED.value, asset_id, detail.value, str(since)),
            kind=GapKind.DETAIL_SHED,
            asset_id=asset_id,
            message=Text(
                f"{count} events were not told, because the agent was at its limit: {words.en}.",
                f"代理已达资源上限，有 {count} 个事件未上报：{words.zh}。",
            ),
            next_step=_STEP,
            count=count,
            since=since,
            until=time,
            detail=detail.value,
        )

    def _stepped(self, time: int, pressure: Pressure) -> CoverageGap:
        level = SHED_LEVELS[self.level]
        use = f"{self.cpu_percent:.0f} % CPU, {pressure.memory_bytes // MIB} MiB"
        return CoverageGap(
            id=stable_id("gap", GapKind.DETAIL_SHED.value, self._node_id, str(self.level), str(time)),
            kind=GapKind.DETAIL_SHED,
            asset_id=self._node_id,
            message=Text(
                f"The agent ({use}) began to give up detail, step {self.level} of {MOST_SHED}: {level.text.en}",
                f"代理（{use}）开始舍弃细节，第 {self.level} 级，共 {MOST_SHED} 级：{level.text.zh}",
            ),
            next_step=_STEP,
            count=1,
            since=time,
            until=time,
            detail=f"level-{self.level}",
        )


_STEP = Text(
    "Give the agent more with PERIDERM_BUDGET_CPU (percent of a core) or PERIDERM_BUDGET_MEMORY (MiB), or see what is so busy.",
    "可用 PERIDERM_BUDGET_CPU（单核百分比）或 PERIDERM_BUDGET_MEMORY（MiB）提高上限，或查明繁忙的来源。",
)


def levels() -> Sequence[str]:
    """The order in words, for the documentation."""
    return [f"{each.level}. {each.text.en}" for each in SHED_LEVELS[1:]]
