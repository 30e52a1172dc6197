"""`periderm user`: who may sign in and what they may do; links, sessions, and taking a way in back."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from periderm import wiring
from periderm.app import accounts, credentials
from periderm.app.accounts import AccountView, Changes
from periderm.app.application import Application
from periderm.app.grants import grant_of
from periderm.cli.output import Output
from periderm.cli.times import ago, exact, now
from periderm.model.account import Account, Kind, Role
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

ACTIONS = ("list", "add", "change", "remove", "disable", "enable", "link", "reset", "sessions", "sign-out")
_WANTED = {"list": (0,), "sessions": (0, 1)}
_HEAD = (
    Text("NAME", "名称"),
    Text("KIND", "类型"),
    Text("MAY", "权限"),
    Text("GROUPS", "组"),
    Text("COMES IN BY", "登录方式"),
    Text("SIGNED IN", "上次登录"),
    Text("SESSIONS", "会话"),
    Text("TOKENS", "令牌"),
)
_SESSION_HEAD = (
    Text("ID", "编号"),
    Text("NAME", "名称"),
    Text("BY", "方式"),
    Text("FROM", "来源"),
    Text("BEGAN", "开始"),
    Text("SEEN", "最近活动"),
    Text("BROWSER", "浏览器"),
)
_NOBODY = Text(
    "Nobody has an account; the machine's owner signs in by `periderm status --link`.",
    "尚无账户；机器所有者用 `periderm status --link` 登录。",
)
_NO_SESSION = Text("Nobody is signed in.", "当前没有人登录。")
_LINK = Text(
    "A link for {name}; it works once, within a day. Then a password is set under 'Your account':",
    "{name} 的登录链接，一天内有效且只能使用一次；登录后在“我的账户”中设置密码：",
)
_SERVICE = Text(
    "{name} signs in nowhere; make it a token: periderm token new {name} --name WHAT",
    "{name} 不能登录；请为其创建令牌：periderm token new {name} --name 用途",
)
_DONE = {
    "change": Text("Changed: {name}", "已更改：{name}"),
    "remove": Text("Removed with its tokens and sessions: {name}", "已删除（连同令牌与会话）：{name}"),
    "disable": Text("Disabled; its sessions are over: {name}", "已停用，其会话已结束：{name}"),
    "enable": Text("Enabled: {name}", "已启用：{name}"),
    "reset": Text(
        "Password, codes and sessions of {name} are gone; `periderm user link {name}` lets them in again.",
        "{name} 的密码、验证码与会话已清除；用 `periderm user link {name}` 重新登录。",
    ),
    "sign-out": Text("Sessions ended: {n}", "已结束的会话：{n}"),
}
_BY_PASSWORD, _BY_LINK, _BY_CODE = Text("password", "密码"), Text("link", "链接"), Text("code", "验证码")
_DISABLED, _NOTHING = Text("disabled", "已停用"), Text("nothing", "无")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument(
        "words", metavar="NAME", nargs="*", help="the account; with sign-out also the id of one session, or 'local'"
    )
    roles = ", ".join(Role)
    parser.add_argument(
        "--role",
        metavar="ROLE[@PART]",
        action="append",
        help=f"what they may do: {roles}; for a part: @application=NAME, @environment=NAME, @label:KEY=VALUE, several by "
        "commas; repeatable",
    )
    parser.add_argument("--group", metavar="NAME", action="append", help="a group that they are in; repeatable")
    parser.add_argument("--full-name", metavar="TEXT", help="how they are called")
    parser.add_argument("--service", action="store_true", help="with add: a program, which has tokens and no sessions")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does one of the actions."""
    if len(options.words) not in _WANTED.get(options.action, (1,)):
        raise UsageError(
            f"`periderm user {' '.join([options.action, *options.words])}` is not understood.",
            "`periderm user --help` tells what each takes.",
        )
    if options.service and options.action != "add":
        raise UsageError("--service is for `periderm user add`.")
    opened = wiring.keeper if options.action == "add" else wiring.reader
    with opened(settings) as app:
        _ACTIONS[options.action](app, options, out)
    return 0


def _list(app: Application, _options: argparse.Namespace, out: Output) -> None:
    found = accounts.list_accounts(app, LOCAL_ADMIN)
    if out.json:
        out.value(found)
    elif not found:
        out.note(out.say(_NOBODY))
    else:
        at = now()
        out.table([out.say(h) for h in _HEAD], [_row(a, at, out) for a in found], right=(6, 7))


def _row(account: AccountView, at: int, out: Output) -> tuple[str, ...]:
    ways = [_BY_PASSWORD if account.has_password else _BY_LINK] if account.kind is Kind.PERSON else []
    ways += [_BY_CODE] if account.has_codes else []
    rights = ", ".join(account.rights) or out.say(_NOTHING)
    return (
        account.name,
        account.kind.value,
        out.say(_DISABLED) if account.disabled else rights,
        ", ".join(account.groups) or "-",
        " + ".join(map(out.say, ways)) or "-",
        ago(account.signed_in, at, out.language),
        str(account.sessions),
        str(account.tokens),
    )


def _add(app: Application, options: argparse.Namespace, out: Output) -> None:
    name = options.words[0]
    wanted = Account(
        name=name,
        kind=Kind.SERVICE if options.service else Kind.PERSON,
        full_name=options.full_name or "",
        grants=tuple(map(grant_of, options.role or [Role.VIEWER.value])),
        groups=tuple(options.group or ()),
    )
    made = accounts.add_account(app, LOCAL_ADMIN, wanted)
    link = "" if options.service else accounts.invite(app, LOCAL_ADMIN, name)
    if out.json:
        out.value({"account": made, "link": link})
    elif link:
        out.line(out.say(_LINK.fill(name=name)))
        out.line(link)
    else:
        out.line(out.say(_SERVICE.fill(name=name)))


def _change(app: Application, options: argparse.Namespace, out: Output) -> None:
    changes = Changes(
        full_name=options.full_name,
        grants=tuple(map(grant_of, options.role)) if options.role is not None else None,
        groups=tuple(g for g in options.group if g) if options.group is not None else None,
        disabled={"disable": True, "enable": False}.get(options.action),
    )
    if changes == Changes():
        raise UsageError("Nothing is to be changed.", "Give --role, --group or --full-name.")
    found = accounts.change_account(app, LOCAL_ADMIN, options.words[0], changes)
    out.answer(found, _DONE[options.action].fill(name=found.name))


def _remove(app: Application, options: argparse.Namespace, out: Output) -> None:
    accounts.remove_account(app, LOCAL_ADMIN, options.words[0])
    out.answer({"removed": options.words[0]}, _DONE["remove"].fill(name=options.words[0]))


def _link(app: Application, options: argparse.Namespace, out: Output) -> None:
    link = accounts.invite(app, LOCAL_ADMIN, options.words[0])
    if out.json:
        out.value({"link": link})
    else:
        out.line(out.say(_LINK.fill(name=options.words[0])))
        out.line(link)


def _reset(app: Application, options: argparse.Namespace, out: Output) -> None:
    accounts.clear_credentials(app, LOCAL_ADMIN, options.words[0])
    out.answer({"reset": options.words[0]}, _DONE["reset"].fill(name=options.words[0]))


def _sessions(app: Application, options: argparse.Namespace, out: Output) -> None:
    found = credentials.list_sessions(app, LOCAL_ADMIN, every=True)
    found = [s for s in found if not options.words or s.name == options.words[0]]
    if out.json:
        out.value(found)
    elif not found:
        out.note(out.say(_NO_SESSION))
    else:
        at = now()
        rows = [(s.id, s.name, s.how, s.address, exact(s.began), ago(s.seen, at, out.language), s.browser) for s in found]
        out.table([out.say(h) for h in _SESSION_HEAD], rows)


def _sign_out(app: Application, options: argparse.Namespace, out: Output) -> None:
    meant = options.words[0]
    if any(s.id == meant for s in credentials.list_sessions(app, LOCAL_ADMIN, every=True)):
        credentials.end_session(app, LOCAL_ADMIN, meant)
        ended = 1
    else:
        ended = credentials.end_sessions_of(app, LOCAL_ADMIN, meant)
    out.answer({"ended": ended}, _DONE["sign-out"].fill(n=ended))


_ACTIONS: Mapping[str, Callable[[Application, argparse.Namespace, Output], None]] = {
    "list": _list,
    "add": _add,
    "change": _change,
    "disable": _change,
    "enable": _change,
    "remove": _remove,
    "link": _link,
    "reset": _reset,
    "sessions": _sessions,
    "sign-out": _sign_out,
}
