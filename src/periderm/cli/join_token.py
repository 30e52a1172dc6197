"""`periderm join-token`: let one more machine join this server; list such tokens, revoke one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm.app.fleet import list_join_tokens, make_join_token, revoke_join_token
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import UsageError
from periderm.model.fleet import JoinToken, MemberRole
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("ID", "编号"),
    Text("FOR", "用于"),
    Text("NAME", "名称"),
    Text("MADE", "创建"),
    Text("UNTIL", "有效至"),
    Text("STATE", "状态"),
)
_HINT = Text(
    "It works once, until {until}. On the machine: periderm agent --server https://THIS-SERVER:8844 --join TOKEN",
    "该令牌仅可使用一次，有效至 {until}。在目标机器上运行：periderm agent --server https://本服务器:8844 --join 令牌",
)
_GOOD = Text("not used yet", "未使用")
_USED = Text("used by {node}", "已被 {node} 使用")
_REVOKED = Text("revoked", "已撤销")
_OVER = Text("too old", "已过期")
_NONE = Text("There is no join token.", "没有加入令牌。")
_DONE = Text("Revoked: {id}", "已撤销：{id}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("words", nargs="*", metavar="ACTION ID", help="`new`, `revoke ID` (default: list all)")
    parser.add_argument("--for", dest="role", default="node", choices=[r.value for r in MemberRole], help="as what it joins")
    parser.add_argument("--name", default="", help="the host name that the machine must have (default: any)")
    parser.add_argument("--expires", default="1h", metavar="TIME", help="for how long it is good, like 30m or 2d (default: 1h)")
    parser.add_argument("--again", action="store_true", help="it may take the place of a known machine of that --name")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Makes, lists or revokes."""
    from periderm import wiring

    words: list[str] = options.words
    action = words[0] if words else "list"
    if (action, len(words)) not in {("list", 0), ("list", 1), ("new", 1), ("revoke", 2)}:
        raise UsageError(f"`join-token {' '.join(words)}` is not understood.", "Say `new`, `list` or `revoke ID` after it.")
    with wiring.authority_app(settings) as app:
        if action == "list":
            _list(list_join_tokens(app, LOCAL_ADMIN), app.clock.now(), out)
        elif action == "new":
            seconds = seconds_of(options.expires)
            text, token = make_join_token(app, LOCAL_ADMIN, name=options.name, seconds=seconds, again=options.again)
            if out.json:
                out.value({"token": text, "id": token.id, "name": token.name, "expires": token.expires})
            else:
                out.line(text)
                out.note(out.say(_HINT.fill(until=exact(token.expires))))
        else:
            token = revoke_join_token(app, LOCAL_ADMIN, words[1])
            out.value(token) if out.json else out.line(out.say(_DONE.fill(id=token.id)))
    return 0


def _list(tokens: Sequence[JoinToken], now: int, out: Output) -> None:
    if out.json:
        out.value([{name: value for name, value in _plain(token).items() if name != "digest"} for token in tokens])
    elif not tokens:
        out.line(out.say(_NONE))
    else:
        out.table([out.say(h) for h in _HEAD], [_row(token, now, out) for token in tokens])


def _plain(token: JoinToken) -> dict[str, object]:
    return {name: getattr(token, name) for name in token.__struct_fields__}


def _row(token: JoinToken, now: int, out: Output) -> tuple[str, ...]:
    state = _GOOD
    if token.used:
        state = _USED.fill(node=token.used_by)
    elif token.revoked:
        state = _REVOKED
    elif now >= token.expires:
        state = _OVER
    name = (token.name or "*") + (" (again)" if token.again else "")
    return (token.id, token.role.value, name, exact(token.created), exact(token.expires), out.say(state))
