"""`periderm config`: make the file with all settings, show what is in force and why, say what is wrong and where."""

from __future__ import annotations

import argparse
import os

import msgspec

from periderm.app.configuration import Chosen, Fault, chosen, judge, template, toml
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.option_list import SECTIONS
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.wiring.told import config_path, file_bytes, make_file

ACTIONS = ("init", "show", "check")
EXIT_WRONG = 2
_HEAD = (Text("SETTING", "设置"), Text("VALUE", "值"), Text("FROM", "来源"), Text("LIVE", "热更新"))
_FROM = {
    "default": Text("default", "默认"),
    "file": Text("file", "文件"),
    "environment": Text("environment", "环境变量"),
}
_LIVE = Text("yes", "是")
_MADE = Text(
    "{path} was made. Every line is a comment: it changes nothing yet.", "已创建 {path}。所有行均为注释，尚不改变任何设置。"
)
_FINE = Text("{path} is right.", "{path} 无误。")
_NO_FILE = Text("There is no file {path}: all is as by default.", "没有文件 {path}：均为默认值。")
_WRONG = Text("One thing is wrong in {path}.", "{path} 中有一处错误。")
_WRONGS = Text("{count} things are wrong in {path}.", "{path} 中有 {count} 处错误。")


class ConfigShown(msgspec.Struct, frozen=True, kw_only=True):
    """One setting, as `--json` prints it."""

    name: str
    variable: str
    value: str
    source: str
    live: bool


class ConfigChecked(msgspec.Struct, frozen=True, kw_only=True):
    """What `config check --json` prints."""

    path: str
    exists: bool
    faults: tuple[Fault, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="show", help="what to do (default: show)")
    parser.add_argument("--only", metavar="SECTION", default="", help="show: only the settings of one section")
    parser.add_argument("--print", action="store_true", help="init: print the file, and make none")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Makes, shows or checks."""
    path, named = config_path(options.config or "")
    if options.action == "init":
        return _init(path, options.print, settings, out)
    data = file_bytes(path)
    if data is None and named:
        raise UsageError(f"There is no file {path}.", f"Make one: periderm config init --config {path}")
    found = judge(data or b"")
    if options.action == "check":
        return _check(path, data, found.faults, out)
    shown = [one for one in chosen(os.environ, found.values) if options.only in ("", one.option.section)]
    if not shown:
        raise UsageError(f"There is no section {options.only[:40]!r}.", f"There are {', '.join(SECTIONS)}.")
    _show(shown, settings, out)
    if data is None:
        out.note(out.say(_NO_FILE.fill(path=path)))
    if found.faults:
        _check(path, data, found.faults, out, told=False)
    return EXIT_WRONG if found.faults else 0


def _init(path: str, printed: bool, settings: Settings, out: Output) -> int:
    text = template(settings.language)
    if printed:
        out.raw(text.encode())
        return 0
    make_file(path, text)
    out.line(out.say(_MADE.fill(path=path)))
    return 0


def _show(shown: list[Chosen], settings: Settings, out: Output) -> None:
    if out.json:
        plain = [
            ConfigShown(
                name=one.option.name,
                variable=one.option.variable,
                value=_value(one, settings),
                source=one.source,
                live=one.option.live,
            )
            for one in shown
        ]
        out.value(plain)
        return
    rows = [
        (
            one.option.name,
            toml(one.option, _value(one, settings)),
            out.say(_FROM[one.source]),
            out.say(_LIVE) if one.option.live else "",
        )
        for one in shown
    ]
    out.table([out.say(h) for h in _HEAD], rows)


def _value(one: Chosen, settings: Settings) -> str:
    """What is in force, also where the default depends on who runs the command."""
    if one.source == "default" and one.option.name in ("paths.state", "paths.cache"):
        return settings.state if one.option.key == "state" else settings.cache
    return one.value


def _check(path: str, data: bytes | None, faults: tuple[Fault, ...], out: Output, *, told: bool = True) -> int:
    if out.json and told:
        out.value(ConfigChecked(path=path, exists=data is not None, faults=faults))
        return EXIT_WRONG if faults else 0
    lines = (data or b"").decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    say = out.line if told else out.note
    for fault in faults:
        say(f"{out.say(path)}:{fault.line}:{fault.column}: {out.say(fault.what)} {out.say(fault.next_step)}".rstrip())
        if told and 0 < fault.line <= len(lines):
            out.point(lines[fault.line - 1][:200], min(fault.column, 200))
    if faults:
        words = _WRONG if len(faults) == 1 else _WRONGS
        out.note(out.say(words.fill(path=path, count=len(faults))))
        return EXIT_WRONG
    out.line(out.say((_NO_FILE if data is None else _FINE).fill(path=path)))
    return 0
