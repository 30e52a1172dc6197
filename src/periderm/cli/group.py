"""`periderm group`: rights that several accounts share."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app import accounts
from periderm.app.grants import grant_of
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (Text("GROUP", "组"), Text("MAY", "权限"), Text("MEMBERS", "成员"))
_NONE = Text("There is no group.", "尚无组。")
_PUT = Text("{name} may: {rights}", "{name} 的权限：{rights}")
_REMOVED = Text("Removed; its members may no more what it granted: {name}", "已删除，其成员不再拥有其权限：{name}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=("list", "put", "remove"), nargs="?", default="list", help="what to do")
    parser.add_argument("words", metavar="NAME", nargs="*", help="the group")
    parser.add_argument(
        "--role", metavar="ROLE[@PART]", action="append", default=[], help="what its members may do; as for `periderm user`"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does one of the actions."""
    if len(options.words) != (0 if options.action == "list" else 1):
        raise UsageError("Which group is meant is not told.", "`periderm group --help` tells what each action takes.")
    opened = wiring.keeper if options.action == "put" else wiring.reader
    with opened(settings) as app:
        if options.action == "list":
            _list(accounts.list_groups(app, LOCAL_ADMIN), out)
            return 0
        name = options.words[0]
        if options.action == "put":
            made = accounts.put_group(app, LOCAL_ADMIN, name, map(grant_of, options.role))
            value: object = made
            said = _PUT.fill(name=name, rights=", ".join(made.grants) or "-")
        else:
            accounts.remove_group(app, LOCAL_ADMIN, name)
            value, said = {"removed": name}, _REMOVED.fill(name=name)
    if out.json:
        out.value(value)
    else:
        out.line(out.say(said))
    return 0


def _list(found: tuple[accounts.GroupView, ...], out: Output) -> None:
    if out.json:
        out.value(found)
    elif not found:
        out.note(out.say(_NONE))
    else:
        rows = [(g.name, ", ".join(g.grants) or "-", ", ".join(g.members) or "-") for g in found]
        out.table([out.say(h) for h in _HEAD], rows)
