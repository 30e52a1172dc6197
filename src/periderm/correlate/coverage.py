"""Which assets are coverage gaps: no owner or application, an image that was never scanned, a scan that left parts out."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.model.asset import Asset, Container, Image, Node
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


def silent_sensors(beats: Sequence[Heartbeat], now: int) -> tuple[list[CoverageGap], list[str]]:
    """(gaps to open, ids of gaps to close): nodes whose agent has said nothing for half a minute, and those that did."""
    opened: list[CoverageGap] = []
    closed: list[str] = []
    for beat in beats:
        if beat.role != "agent":
            continue
        identity = gap_id(GapKind.SENSOR_DOWN, beat.node_id)
        if now - beat.time <= SENSOR_SILENT_NS:
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
