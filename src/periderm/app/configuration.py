"""What the settings' file and the environment say, judged: values, where each came from, and all that is wrong with them.

Reads no file itself, so that a check and a start judge alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from periderm.formats.placed_toml import Placed, read
from periderm.model.option_list import BY_NAME, OPTIONS, SECTIONS
from periderm.model.options import Option, OptionKind, checked, is_on, words
from periderm.model.text import Text

MOST_FAULTS = 100
Source = Literal["default", "console", "file", "environment"]

_UNKNOWN = Text("There is no setting {name}.", "没有名为 {name} 的设置。")
_NO_SECTION = Text("There is no section {name}.", "没有名为 {name} 的小节。")
_NOT = Text("{name} cannot be {value}.", "{name} 不能是 {value}。")
_MEAN = Text("Did you mean {name}?", "您是否想写 {name}？")
_KNOWN = Text("Known are: {names}.", "已知的有：{names}。")
_ELSEWHERE = Text("Did you mean {name}, in another section?", "您是否想写另一小节中的 {name}？")


class Fault(msgspec.Struct, frozen=True):
    """What is wrong in the file, and what to do. `line` and `column` count from 1."""

    line: int
    column: int
    what: Text
    next_step: Text = Text("", "")


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A setting as it is in force. `value` is the text of it; '' where a default depends on the machine."""

    option: Option
    value: str
    source: Source


class Configuration(msgspec.Struct, frozen=True):
    """`values` by variable, as the file says them, those only that are right; `faults` in the order of the file; `lines` where
    each value stands, counted from 1."""

    values: dict[str, str]
    faults: tuple[Fault, ...] = ()
    lines: dict[str, int] = {}


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """What a process was told: its file's place, the file's values by variable when the process began and as they are now, and
    the environment. `console_at_start` and `console_now` are what was set in the console and counts: nothing that the file or
    the environment says, and nothing at all where settings are `locked`. `lines` tells where the file says each."""

    path: str
    at_start: Mapping[str, str]
    now: Mapping[str, str]
    environment: Mapping[str, str]
    console_at_start: Mapping[str, str] = {}
    console_now: Mapping[str, str] = {}
    lines: Mapping[str, int] = {}
    locked: bool = False


def judge(data: bytes) -> Configuration:
    """What a file says."""
    placed, broken = read(data)
    if broken is not None:
        return Configuration({}, (Fault(broken.line, broken.column, Text(broken.what, broken.what)),))
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    for one in placed:
        option = BY_NAME.get(".".join(one.path)) if len(one.path) == 2 else None
        if option is None:
            faults.append(_unknown(one))
        elif (value := _text(option, one.value)) is None or not option.fits(value):
            what = _NOT.fill(name=option.name, value=_shown(one.value))
            faults.append(Fault(one.line, one.column, what, option.needs()))
        else:
            values[option.variable] = value
            lines[option.variable] = one.line
    return Configuration(values, tuple(faults[:MOST_FAULTS]), lines)


def chosen(
    environment: Mapping[str, str], file: Mapping[str, str], console: Mapping[str, str] | None = None
) -> tuple[Chosen, ...]:
    """Every setting as it is in force: the environment goes before the file, which goes before what was set in the console.
    Raises UsageError for a variable that is wrong."""
    found = []
    for option in OPTIONS:
        source: Source = "default"
        value = option.default
        if console and option.variable in console:
            source, value = "console", console[option.variable]
        if option.variable in file:
            source, value = "file", file[option.variable]
        if environment.get(option.variable):
            source, value = "environment", checked(option, environment[option.variable])
        found.append(Chosen(option=option, value=value, source=source))
    return tuple(found)


def template(language: str) -> str:
    """The file with every setting as a comment at its default, so that it changes nothing."""
    head = Text(
        "The settings of Periderm. What is commented out is the default. A variable of the environment goes before this\n"
        "file, and this file before what is set in the console; `periderm config check` says what is wrong in it,\n"
        "`periderm config show` what is in force.\n"
        "[live] marks what running processes take over within seconds; all else needs a restart.",
        "Periderm 的设置。被注释掉的是默认值。环境变量优先于本文件，本文件优先于控制台中的设置；\n"
        "`periderm config check` 检查错误，`periderm config show` 显示生效的值。\n"
        "[live] 表示运行中的进程会在数秒内采用；其余需要重启。",
    )
    lines = ["# " + line for line in head.pick(language).split("\n")]
    for section, meaning in SECTIONS.items():
        lines += ["", f"# {meaning.pick(language)}", f"[{section}]"]
        for option in OPTIONS:
            if option.section == section:
                lines += _entry(option, language)
    return "\n".join(lines) + "\n"


def _entry(option: Option, language: str) -> list[str]:
    notes = f" ({option.variable})" + (" [live]" if option.live else "")
    meaning = option.meaning.pick(language)
    shown = f"; {option.shown.pick(language).replace('`', '')}" if option.shown is not None else ""
    return [f"# {meaning}{shown}{notes}", f"# {option.key} = {toml(option, option.default)}"]


def toml(option: Option, value: str) -> str:
    """A value as it is written in the file."""
    if option.kind is OptionKind.SWITCH:
        return "true" if is_on(value) else "false"
    if option.kind is OptionKind.NUMBER or (option.kind is OptionKind.SHARE and value):
        return value
    if option.kind is OptionKind.LIST:
        return "[" + ", ".join(_quoted(word) for word in words(value)) + "]"
    if option.kind is OptionKind.CHOICE and value.isdecimal():
        return value
    return _quoted(value)


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()  # what JSON escapes, TOML's basic strings escape alike


def _text(option: Option, value: Any) -> str | None:
    """The value as its variable would say it; None if it is of another kind."""
    if isinstance(value, bool):
        return ("on" if value else "off") if option.kind is OptionKind.SWITCH else None
    if isinstance(value, int | float):
        numeric = (OptionKind.NUMBER, OptionKind.SHARE, OptionKind.CHOICE)
        return str(value) if option.kind in numeric else None
    if isinstance(value, list):
        plain = all(isinstance(word, str) and "," not in word for word in value)
        return ",".join(value) if plain and option.kind is OptionKind.LIST else None
    return value if isinstance(value, str) else None


def _shown(value: Any) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in repr(value)[:60])


def _unknown(one: Placed) -> Fault:
    """A name that is not known, with the nearest that is."""
    section, key = one.path[0], ".".join(one.path[1:])
    if section not in SECTIONS or not key:
        other = _near(section, SECTIONS) if key else _only(section)
        near = _near(key, [option.key for option in OPTIONS if option.section == other]) if key else ""
        other = f"{other}.{near}" if near else other or _only(key)
        step = _MEAN.fill(name=other) if other else _KNOWN.fill(names=", ".join(SECTIONS))
        return Fault(one.line, one.column, _NO_SECTION.fill(name=_shown(section)), step)
    here = [option.key for option in OPTIONS if option.section == section]
    name = Text(*[_shown(".".join(one.path))] * 2)
    if near := _near(key, here):
        return Fault(one.line, one.column, _UNKNOWN.fill(name=name), _MEAN.fill(name=f"{section}.{near}"))
    if elsewhere := _only(key):
        return Fault(one.line, one.column, _UNKNOWN.fill(name=name), _ELSEWHERE.fill(name=elsewhere))
    return Fault(one.line, one.column, _UNKNOWN.fill(name=name), _KNOWN.fill(names=", ".join(here)))


def _only(key: str) -> str:
    """The whole name of the only setting of this key; '' if there is none or more than one."""
    found = [option.name for option in OPTIONS if option.key == key]
    return found[0] if len(found) == 1 else ""


def _near(name: str, known: Iterable[str]) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(name[:64], list(known), n=1, cutoff=0.6)), "")
