"""Which assets are coverage gaps: no owner or application, an image that was never scanned, a scan that left parts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from periderm.model.asset import Asset, Container, Image, Node
from periderm.model.baseline import Baseline
from periderm.model.envelope import Heartbeat, ScanResult
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.text import Text

SENSOR_SILENT_NS = 30 * 10**9


def gap_id(kind: GapKind, asset_id: str, detail: str = "") -> str:
    """The identity of a gap."""
    return stable_id("gap", kind.value, asset_id, detail)


def ownership_gap(asset: Asset, now: int) -> CoverageGap | None:
    """A running container, or a node, of which nobody knows the owner or the application; None if both are known."""
    if not isinstance(asset, Container | Node) or (isinstance(asset, Container) and not asset.running):
        return None
    missing = [n for n, v in (("owner", asset.ownership.owner), ("application", asset.ownership.application)) if not v]
    if not missing:
        return None
    words = {"owner": "负责人", "application": "业务应用"}
    name = asset.name
    step = (
        Text(
            "Label the container with io.periderm.owner and io.periderm.application.",
            "请为容器加上 io.periderm.owner 与 io.periderm.application 标签。",
        )
        if isinstance(asset, Container)
        else Text(
            "Name them in /etc/periderm/ownership, one `owner=` and one `application=` line.",
            "请在 /etc/periderm/ownership 中写明，各占一行：`owner=` 与 `application=`。",
        )
    )
    return CoverageGap(
        id=gap_id(GapKind.OWNER_UNKNOWN, asset.id),
        kind=GapKind.OWNER_UNKNOWN,
        asset_id=asset.id,
        message=Text(
            f"{name} has no known {' and no known '.join(missing)}: whom would an alert go to?",
            f"{name} 缺少{'和'.join(words[m] for m in missing)}信息：告警应通知谁？",
        ),
        next_step=step,
        since=now,
        until=now,
        count=1,
    )


def unscanned_gap(image: Image, now: int) -> CoverageGap:
    """An image that waits for its first scan."""
    return CoverageGap(
        id=gap_id(GapKind.IMAGE_NOT_SCANNED, image.id),
        kind=GapKind.IMAGE_NOT_SCANNED,
        asset_id=image.id,
        message=Text(f"{image.name} has not been scanned yet.", f"{image.name} 尚未扫描。"),
        next_step=Text("It waits in the queue of the scan worker.", "它正在扫描进程的队列中等待。"),
        since=now,
        until=now,
        count=1,
    )


def full_baseline_gap(
    workload_id: str, now: int, *, count: int = 1, since: int = 0, baseline: Baseline | None = None
) -> CoverageGap:
    """A baseline that has no room for what is new: a node sends names that change each time, or makes them up. `baseline`, if
    it is at hand, says what fills it."""
    return CoverageGap(
        id=gap_id(GapKind.NOT_EXAMINED, workload_id),
        kind=GapKind.NOT_EXAMINED,
        asset_id=workload_id,
        message=_FULL if baseline is None or not baseline.entries else _filled(baseline),
        next_step=Text(
            "See what fills it (`periderm baseline show`), and accept it in general form or report it.",
            "用 `periderm baseline show` 查看占满基线的行为，以通配形式接受或上报。",
        ),
        since=since or now,
        until=now,
        count=count,
    )


_FULL = Text(
    "The baseline of this workload is full; what is new there is not learned, and is told as a deviation if it is worth it.",
    "该工作负载的基线已满，新的行为不再学习；值得关注的会作为偏离上报。",
)
_FILLED = Text(
    "{full} {many} of its {all} entries are what {program} does ({aspect}), the last one: {value}",
    "{full}其 {all} 条中有 {many} 条是 {program} 的行为（{aspect}），最后一条为：{value}",
)


def _filled(baseline: Baseline) -> Text:
    """The program and aspect that take most of the room, with an example."""
    groups = Counter((entry.behaviour.program, entry.behaviour.aspect) for entry in baseline.entries)
    (program, aspect), many = min(groups.items(), key=lambda item: (-item[1], item[0]))
    value = max(e.behaviour.value for e in baseline.entries if (e.behaviour.program, e.behaviour.aspect) == (program, aspect))
    return _FILLED.fill(
        full=_FULL,
        many=many,
        all=len(baseline.entries),
        program=program or "?",
        aspect=aspect.value,
        value=value[:200],
    )


def scan_gap(image_id: str, name: str, result: ScanResult) -> CoverageGap | None:
    """A scan that failed, or that left something out because of a limit; None if all was looked at."""
    left_out = result.inventory.not_examined if result.inventory else ()
    if not result.failure and not left_out:
        return None
    what = result.failure or f"{len(left_out)} parts were left out, the first: {left_out[0]}"
    return CoverageGap(
        id=gap_id(GapKind.NOT_EXAMINED, image_id),
        kind=GapKind.NOT_EXAMINED,
        asset_id=image_id,
        message=Text(f"{name} was not fully scanned: {what}", f"{name} 未能完整扫描：{what}"),
        next_step=Text(
            "Run `periderm scan image` on it to see the details; raise the limit if the image is trusted.",
            "请对其运行 `periderm scan image` 查看详情；若镜像可信，可提高限制。",
        ),
        count=max(1, len(left_out)),
        since=result.time,
        until=result.time,
    )


def silent_sensors(beats: Sequence[Heartbeat], now: int, gone: Set[str] = frozenset()) -> tuple[list[CoverageGap], list[str]]:
    """(gaps to open, ids of gaps to close): nodes whose agent has said nothing for half a minute, and those that did or are
    `gone`, of which nobody expects a word."""
    opened: list[CoverageGap] = []
    closed: list[str] = []
    for beat in beats:
        if beat.role != "agent":
            continue
        identity = gap_id(GapKind.SENSOR_DOWN, beat.node_id)
        if now - beat.time <= SENSOR_SILENT_NS or beat.node_id in gone:
            closed.append(identity)
            continue
        seconds = (now - beat.time) // 10**9
        opened.append(
            CoverageGap(
                id=identity,
                kind=GapKind.SENSOR_DOWN,
                asset_id=beat.node_id,
                message=Text(
                    f"The agent of this node has been silent for {seconds} s.",
                    f"该节点的代理已静默 {seconds} 秒。",
                ),
                next_step=Text(
                    "Look at its log (`periderm status` says where) and start it again.",
                    "请查看其日志（`periderm status` 会给出位置）并重新启动。",
                ),
                since=beat.time,
                until=now,
                count=1,
            )
        )
    return opened, closed
