"""`periderm config`: make the file with all settings, show what is in force and why, say what is wrong and where."""

from __future__ import annotations

import argparse
import os

import msgspec

from periderm.app.configuration import Chosen, Configuration, Fault, chosen, judge, template, toml
from periderm.app.overrides import counting, locked, parse, usable
from periderm.cli.output import Output
from periderm.model.errors import PeridermError, UsageError
from periderm.model.option_list import BY_NAME, SECTIONS
from periderm.model.override import Override
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.wiring.told import config_path, console_bytes, file_bytes, make_file

ACTIONS = ("init", "show", "check")
EXIT_WRONG = 2
_HEAD = (Text("SETTING", "设置"), Text("VALUE", "值"), Text("FROM", "来源"), Text("LIVE", "热更新"))
_FROM = {
    "default": Text("default", "默认"),
    "console": Text("console (by {by})", "控制台（由 {by} 设置）"),
    "file": Text("file (line {line})", "文件（第 {line} 行）"),
    "environment": Text("environment", "环境变量"),
}
_LIVE = Text("yes", "是")
_MADE = Text(
    "{path} was made. Every line is a comment: it changes nothing yet.", "已创建 {path}。所有行均为注释，尚不改变任何设置。"
)
_FINE = Text("{path} is right.", "{path} 无误。")
_NO_FILE = Text("There is no file {path}: all is as by default.", "没有文件 {path}：均为默认值。")
_HIDDEN = Text(
    "{name} was set to {value} in the console; that does not count{why}.", "{name} 在控制台中设为 {value}，但不生效{why}。"
)
_WHY = {
    "locked": Text(": settings are locked", "：设置已锁定"),
    "before": Text(": the file or the environment goes before it", "：文件或环境变量优先"),
    "useless": Text(": this version cannot use it there", "：此版本无法在那里使用它"),
}
_WRONG = Text("One thing is wrong in {path}.", "{path} 中有一处错误。")
_WRONGS = Text("{count} things are wrong in {path}.", "{path} 中有 {count} 处错误。")


class ConfigShown(msgspec.Struct, frozen=True, kw_only=True):
    """One setting, as `--json` prints it. `line` is where the file says it, 0 if it does not; `console` what was set in the
    console, by whom, whether it counts or not; None for nothing."""

    name: str
    variable: str
    value: str
    source: str
    live: bool
    line: int = 0
    console: str | None = None
    by: str = ""


class ConfigChecked(msgspec.Struct, frozen=True, kw_only=True):
    """What `config check --json` prints. `console` is what is wrong with the file of what was set in the console."""

    path: str
    exists: bool
    faults: tuple[Fault, ...]
    console: str = ""


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
    overrides, broken = _overrides(settings)
    if options.action == "check":
        return max(_check(path, data, found.faults, out, broken=broken), _told(broken, out))
    console = counting(overrides, os.environ, found.values)
    shown = [one for one in chosen(os.environ, found.values, console) if options.only in ("", one.option.section)]
    if not shown:
        raise UsageError(f"There is no section {options.only[:40]!r}.", f"There are {', '.join(SECTIONS)}.")
    _show(shown, found, {each.name: each for each in overrides}, settings, out)
    _tell_hidden(overrides, found, console, options.only, out)
    if data is None:
        out.note(out.say(_NO_FILE.fill(path=path)))
    if found.faults:
        _check(path, data, found.faults, out, told=False)
    return EXIT_WRONG if found.faults else _told(broken, out)


def _overrides(settings: Settings) -> tuple[tuple[Override, ...], PeridermError | None]:
    """What was set in the console, or why nobody knows."""
    try:
        return parse(console_bytes(settings.console_settings)), None
    except PeridermError as error:
        return (), error


def _told(broken: PeridermError | None, out: Output) -> int:
    if broken is None:
        return 0
    out.note(f"{out.say(broken.what)} {out.say(broken.next_step)}")
    return EXIT_WRONG


def _tell_hidden(
    overrides: tuple[Override, ...], found: Configuration, console: dict[str, str], only: str, out: Output
) -> None:
    """What was set in the console and does not count."""
    for each in overrides:
        if usable(each) and BY_NAME[each.name].variable in console:
            continue
        why = "before" if usable(each) else "useless"
        why = "locked" if locked(os.environ, found.values) else why
        if only in ("", each.name.partition(".")[0]):
            words = _HIDDEN.fill(name=each.name[:80], value=repr(each.value[:80]), why=_WHY[why])
            out.note(out.say(words))


def _init(path: str, printed: bool, settings: Settings, out: Output) -> int:
    text = template(settings.language)
    if printed:
        out.raw(text.encode())
        return 0
    make_file(path, text)
    out.line(out.say(_MADE.fill(path=path)))
    return 0


def _show(shown: list[Chosen], found: Configuration, here: dict[str, Override], settings: Settings, out: Output) -> None:
    if out.json:
        plain = [
            ConfigShown(
                name=one.option.name,
                variable=one.option.variable,
                value=_value(one, settings),
                source=one.source,
                live=one.option.live,
                line=found.lines.get(one.option.variable, 0),
                console=here[one.option.name].value if one.option.name in here else None,
                by=here[one.option.name].by if one.option.name in here else "",
            )
            for one in shown
        ]
        out.value(plain)
        return
    rows = [
        (
            one.option.name,
            toml(one.option, _value(one, settings)),
            out.say(_from(one, found, here)),
            out.say(_LIVE) if one.option.live else "",
        )
        for one in shown
    ]
    out.table([out.say(h) for h in _HEAD], rows)


def _from(one: Chosen, found: Configuration, here: dict[str, Override]) -> Text:
    by = here[one.option.name].by if one.source == "console" else ""
    return _FROM[one.source].fill(line=found.lines.get(one.option.variable, 0), by=by)


def _value(one: Chosen, settings: Settings) -> str:
    """What is in force, also where the default depends on who runs the command."""
    if one.source == "default" and one.option.name in ("paths.state", "paths.cache"):
        return settings.state if one.option.key == "state" else settings.cache
    return one.value


def _check(
    path: str,
    data: bytes | None,
    faults: tuple[Fault, ...],
    out: Output,
    *,
    told: bool = True,
    broken: PeridermError | None = None,
) -> int:
    if out.json and told:
        wrong = str(broken.what) if broken is not None else ""
        out.value(ConfigChecked(path=path, exists=data is not None, faults=faults, console=wrong))
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
