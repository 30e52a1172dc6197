"""The words of `periderm notify`, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.app.notify import Listed
from periderm.model.notice import DeliveryState
from periderm.model.text import Text

FILTERS = (
    ("owner", "what these answer for"),
    ("application", "these applications"),
    ("environment", "these environments"),
    ("place", "these workloads, containers and images"),
    ("detector", "what these detectors found"),
)
HEAD = (
    Text("Name", "名称"),
    Text("Channel", "渠道"),
    Text("State", "状态"),
    Text("Sent", "已发送"),
    Text("Waiting", "等待中"),
    Text("Last", "最近一次"),
    Text("Problem", "问题"),
)
LOG_HEAD = (
    Text("Delivery", "投递"),
    Text("Destination", "目的地"),
    Text("State", "状态"),
    Text("Made", "生成于"),
    Text("Tries", "次数"),
    Text("What", "内容"),
    Text("Answer", "答复"),
)
STATES = {
    DeliveryState.WAITING: Text("waits", "等待中"),
    DeliveryState.SENT: Text("sent", "已发送"),
    DeliveryState.DEAD: Text("given up", "已放弃"),
}
NONE = Text(
    "Nobody is told anything. `periderm notify add NAME CHANNEL …` changes that.",
    "尚未设置任何通知目的地。请用 `periderm notify add NAME CHANNEL …` 添加。",
)
NONE_DEAD = Text("Nothing was given up.", "没有被放弃的投递。")
NONE_SENT = Text("Nothing was told yet.", "尚未发送过通知。")
ADDED = Text("{name} is told from now on.", "今后会通知 {name}。")
TRY_IT = Text("Try it: `periderm notify test {name}`.", "试发：`periderm notify test {name}`。")
TRIED = Text("{name} took the test and answered: {answer}", "{name} 已收到测试，答复：{answer}")
REMOVED = Text("{name} is told nothing more.", "今后不再通知 {name}。")
PAUSED = Text("{name} is told nothing until it goes on.", "已暂停通知 {name}。")
RESUMED = Text("{name} is told again from now on.", "已恢复通知 {name}。")
AGAIN = Text("Tried again: {n}.", "重新投递：{n}。")
ASKED = Text("{name} is told of {incident} as soon as it can be.", "将尽快把 {incident} 通知 {name}。")
FAILING = Text("Nothing gets through since {since}: {why}", "自{since}起无法送达：{why}")
_PAUSED = Text("paused", "已暂停")
_FAILING = Text("failing", "失败")
_FINE = Text("fine", "正常")
_NEW = Text("not told yet", "尚未通知")


def state_of(listed: Listed) -> Text:
    """How telling goes, in a word."""
    if listed.destination.paused:
        return _PAUSED
    if listed.state.failing:
        return _FAILING
    return _FINE if listed.state.last_sent else _NEW


def details(listed: Listed) -> Iterator[tuple[Text, Text]]:
    """What is known of a destination, a line each. Where a secret lies is shown, never what it is."""
    at, state = listed.destination, listed.state

    def plain(value: object) -> Text:
        return Text(str(value), str(value))

    yield Text("Name", "名称"), plain(at.name)
    yield Text("Channel", "渠道"), plain(at.channel.value)
    if at.address:
        yield Text("Address", "地址"), plain(at.address)
    if at.secret:
        yield Text("Its secret lies in", "密钥位置"), plain(at.secret)
    for name, value in at.options.items():
        yield plain(name), plain(value)
    if at.networks:
        yield Text("Allowed networks", "允许的网络"), plain(", ".join(at.networks))
    yield Text("Told of", "通知内容"), plain(", ".join(o.value for o in at.chosen.occasions))
    yield Text("From severity", "最低严重程度"), plain(at.chosen.severity.name.lower())
    yield Text("Findings from", "弱点最低严重程度"), plain(at.chosen.finding_severity.name.lower())
    if at.group_seconds:
        yield Text("Collected for", "合并时间"), plain(f"{at.group_seconds} s {at.group_by}".strip())
    yield Text("State", "状态"), state_of(listed)
    yield Text("Sent", "已发送"), plain(state.sent)
    yield Text("Waiting", "等待中"), plain(listed.waiting)
    if state.shed:
        yield Text("Not kept, because too many waited", "因等待过多而未保留"), plain(state.shed)
