"""`periderm token`: secrets by which programs ask the API: made, listed, taken back."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app import tokens
from periderm.app.application import Application
from periderm.app.grants import permission_of, reach_of, reach_text
from periderm.cli.output import Output
from periderm.cli.times import ago, exact, now
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("ID", "编号"),
    Text("ACCOUNT", "账户"),
    Text("NAME", "用途"),
    Text("MAY", "权限"),
    Text("PART", "范围"),
    Text("ENDS", "到期"),
    Text("USED", "最近使用"),
)
_NONE = Text("There is no token.", "尚无令牌。")
_MADE = Text("The token {id}, until {until}. It is shown this once:", "令牌 {id}，有效期至 {until}。仅显示这一次：")
_GONE = Text("It works no more: {id}", "已失效：{id}")
_OVER = Text("over", "已到期")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=("list", "new", "revoke"), nargs="?", default="list", help="what to do")
    parser.add_argument("words", metavar="WHICH", nargs="*", help="with new: the account; with revoke: the token's id")
    parser.add_argument("--name", default="", help="with new: what uses it")
    parser.add_argument(
        "--may",
        metavar="WHAT",
        action="append",
        default=[],
        help="with new: read (default), respond, policy, admin; repeatable",
    )
    parser.add_argument("--in", dest="part", default="", metavar="PART", help="with new: only for a part: application=shop")
    parser.add_argument("--days", type=int, default=90, metavar="N", help="with new: how long it holds (default: 90)")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does one of the actions."""
    if len(options.words) != (0 if options.action == "list" else 1):
        raise UsageError("Which is meant is not told.", "`periderm token --help` tells what each action takes.")
    with wiring.reader(settings) as app:
        if options.action == "list":
            _list(app, out)
        elif options.action == "new":
            _new(app, options, out)
        else:
            tokens.revoke_token(app, LOCAL_ADMIN, options.words[0])
            if out.json:
                out.value({"revoked": options.words[0]})
            else:
                out.line(out.say(_GONE.fill(id=options.words[0])))
    return 0


def _new(app: Application, options: argparse.Namespace, out: Output) -> None:
    may = [permission_of(text) for text in options.may or ["read"]]
    secret, token = tokens.new_token(
        app, LOCAL_ADMIN, options.words[0], options.name, may, days=options.days, reach=reach_of(options.part)
    )
    if out.json:
        out.value({"token": token, "secret": secret})
        return
    out.note(out.say(_MADE.fill(id=token.id, until=exact(token.expires))))
    out.line(secret)


def _list(app: Application, out: Output) -> None:
    found = tokens.list_tokens(app, LOCAL_ADMIN, every=True)
    if out.json:
        out.value(found)
        return
    if not found:
        out.note(out.say(_NONE))
        return
    at = now()
    rows = [
        (
            t.id,
            t.account,
            t.name,
            ", ".join(t.permissions),
            reach_text(t.reach) or "-",
            exact(t.expires) if t.expires > at else out.say(_OVER),
            ago(t.used, at, out.language),
        )
        for t in found
    ]
    out.table([out.say(h) for h in _HEAD], rows)
