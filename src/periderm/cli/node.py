"""`periderm node`: machines that joined this server; revoke one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm.app.fleet import list_nodes, revoke_node
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import UsageError
from periderm.model.fleet import JoinedNode
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("NODE", "节点"),
    Text("NAME", "名称"),
    Text("JOINED", "加入时间"),
    Text("VERSION", "版本"),
    Text("STATE", "状态"),
)
_MEMBER = Text("joined", "已加入")
_REVOKED = Text("revoked {time} by {who}", "已于 {time} 由 {who} 撤销")
_NONE = Text(
    "No machine has joined. `periderm join-token new` lets one.", "尚无机器加入。可用 `periderm join-token new` 创建令牌。"
)
_DONE = Text("Revoked: {name} ({id}). Nothing is taken from it any more.", "已撤销：{name}（{id}），不再接收其数据。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("words", nargs="*", metavar="ACTION NAME", help="`revoke NAME-OR-ID` (default: list all)")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists or revokes."""
    from periderm import wiring

    words: list[str] = options.words
    if words not in ([], ["list"]) and (len(words) != 2 or words[0] != "revoke"):
        raise UsageError(f"`node {' '.join(words)}` is not understood.", "Say `list` or `revoke NAME` after it.")
    with wiring.reader(settings) as app:
        if words[:1] != ["revoke"]:
            _list(list_nodes(app, LOCAL_ADMIN), out)
            return 0
        node = revoke_node(app, LOCAL_ADMIN, words[1])
        out.value(node) if out.json else out.line(out.say(_DONE.fill(name=node.name, id=node.node_id)))
    return 0


def _list(nodes: Sequence[JoinedNode], out: Output) -> None:
    if out.json:
        out.value(nodes)
    elif not nodes:
        out.line(out.say(_NONE))
    else:
        out.table([out.say(h) for h in _HEAD], [_row(node, out) for node in nodes])


def _row(node: JoinedNode, out: Output) -> tuple[str, ...]:
    state = _REVOKED.fill(time=exact(node.revoked), who=node.revoked_by) if node.revoked else _MEMBER
    return (node.node_id, node.name, exact(node.joined), node.version, out.say(state))
