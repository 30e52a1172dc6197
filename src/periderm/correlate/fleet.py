"""What is told of machines that joined: an identity in two places, records that are not its own, a clock that is off. Decides
nothing about letting them in."""

from __future__ import annotations

from periderm.correlate.coverage import gap_id
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.text import Text


def copied_gap(node_id: str, name: str, now: int) -> CoverageGap:
    """A certificate was used long after its successor: somebody has a copy of the machine's key, or of the machine."""
    return CoverageGap(
        id=gap_id(GapKind.IDENTITY_COPIED, node_id),
        kind=GapKind.IDENTITY_COPIED,
        asset_id=node_id,
        message=Text(
            f"The identity of {name} is used in two places: an older certificate came after its successor was in use.",
            f"{name} 的身份在两处被使用：新证书启用后，旧证书仍在使用。",
        ),
        next_step=Text(
            f"Revoke it (`periderm node revoke {name}`), find out who copied it, and let the machine join again.",
            f"请撤销（`periderm node revoke {name}`），查明是谁复制的，再让该机器重新加入。",
        ),
        count=1,
        since=now,
        until=now,
    )


def foreign_gap(node_id: str, kinds: dict[str, int], now: int) -> CoverageGap:
    """Records that a machine sent and that are not its own: how many of which kind."""
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return CoverageGap(
        id=gap_id(GapKind.NOT_ITS_OWN, node_id),
        kind=GapKind.NOT_ITS_OWN,
        asset_id=node_id,
        message=Text(
            f"This machine sent what is not its own, and it was refused: {listed}.",
            f"该机器发送了不属于它的内容，已被拒绝：{listed}。",
        ),
        next_step=Text(
            "An agent never does that: look at who has the machine, and revoke it (`periderm node revoke`).",
            "代理不会这样做：请检查该机器由谁控制，并撤销它（`periderm node revoke`）。",
        ),
        count=sum(kinds.values()),
        since=now,
        until=now,
    )


def share_gap(node_id: str, rows: int, since: int, now: int) -> CoverageGap:
    """So many rows of events that a machine sent were more than its share of the server's history."""
    return CoverageGap(
        id=gap_id(GapKind.HISTORY_SHORT, node_id, "share"),
        kind=GapKind.HISTORY_SHORT,
        asset_id=node_id,
        message=Text(
            f"{rows} events of this machine are not in the server's history: it sent more than its share.",
            f"该机器有 {rows} 个事件未写入服务器历史：发送量超出其份额。",
        ),
        next_step=Text(
            "They are in its own history still. Look at what is so busy there; if that is its work, raise `history.node_mib` "
            "or `history.node_rate`.",
            "这些事件仍在该机器自己的历史中。请检查其为何如此繁忙；若属正常业务，请调高 `history.node_mib` "
            "或 `history.node_rate`。",
        ),
        count=rows,
        since=since,
        until=now,
        detail="share",
    )


def clock_gap(node_id: str, skew: int, now: int) -> CoverageGap:
    """The machine's clock goes `skew` nanoseconds before the server's (behind it, if negative)."""
    seconds = round(abs(skew) / 10**9)
    ahead = skew > 0
    return CoverageGap(
        id=gap_id(GapKind.CLOCK_OFF, node_id),
        kind=GapKind.CLOCK_OFF,
        asset_id=node_id,
        message=Text(
            f"The clock of this machine is {seconds} s {'ahead of' if ahead else 'behind'} the server's; its events have"
            " the times that its own clock told.",
            f"该机器的时钟比服务器{'快' if ahead else '慢'} {seconds} 秒；其事件时间以其自身时钟为准。",
        ),
        next_step=Text("Let it take its time from a time server (NTP).", "请让其与时间服务器（NTP）同步。"),
        count=1,
        since=now,
        until=now,
    )
