"""Every setting of the server as it is in force, where it comes from, whether a change needs a restart. Changes nothing and
tells no secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from periderm.app.application import Application, require
from periderm.app.change_settings import masked
from periderm.app.configuration import Chosen, InForce, chosen
from periderm.app.overrides import parse
from periderm.app.reloading import live_names
from periderm.model.errors import DeniedError
from periderm.model.option_list import VARIABLES
from periderm.model.options import OptionKind
from periderm.model.override import Override
from periderm.model.principal import Permission, Principal
from periderm.model.text import Text

_SECRETS = frozenset({"PERIDERM_JOIN", "PERIDERM_REGISTRY_PASSWORD", "PERIDERM_REGISTRY_TOKEN"})
Hold = Literal["", "never", "locked", "environment", "file"]


class SettingShown(msgspec.Struct, frozen=True, kw_only=True):
    """One setting. `value` is what is in force; `waits` what the file says by now and a restart would bring ('' for nothing);
    `live` ones are taken over within seconds. `line` is where the file says it (0: it does not). `held` says why the console
    may not change it now: it never may, settings are locked, or the environment or the file says it. `set_by` set it in the
    console at `set_at` (Unix nanoseconds), `console` is what the console says, also where that does not count, and `before`
    what it said before; None for nothing. `kind`, `choices`, `lowest` and `most` tell what a value is."""

    name: str
    variable: str
    meaning: Text
    value: str
    source: str
    default: str = ""
    shown: Text = Text("", "")
    live: bool = False
    waits: str = ""
    kind: OptionKind = OptionKind.TEXT
    choices: tuple[str, ...] = ()
    lowest: int = 0
    most: int = 0
    line: int = 0
    held: Hold = ""
    caution: Text = Text("", "")
    console: str | None = None
    before: str | None = None
    set_by: str = ""
    set_at: int = 0


class SecretShown(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that holds a secret: only whether it is set."""

    variable: str
    meaning: Text
    is_set: bool


class SettingsShown(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and the file that holds them. With `locked` the console changes none."""

    path: str = ""
    locked: bool = False
    settings: tuple[SettingShown, ...] = ()
    secrets: tuple[SecretShown, ...] = ()


def show_settings(app: Application, who: Principal) -> SettingsShown:
    """Of this server's process. Only for administrators of the whole installation; nothing where nobody knows."""
    require(who, Permission.ADMIN)
    if who.within(Permission.ADMIN) is not None:
        raise DeniedError(f"{who.name} administers a part only.", "Ask an administrator of the whole installation.")
    if app.in_force is None:
        return SettingsShown()
    told = app.in_force()
    live = live_names()
    kept = parse(app.console_settings.read()) if app.console_settings is not None else ()
    set_here = {each.name: each for each in kept}
    began = {one.option.name: one for one in chosen(told.environment, told.at_start, told.console_at_start)}
    found = []
    for one in chosen(told.environment, told.now, told.console_now):
        held = one if one.option.name in live else began[one.option.name]
        found.append(_shown(one, held, told, set_here.get(one.option.name), live=one.option.name in live))
    return SettingsShown(path=told.path, locked=told.locked, settings=tuple(found), secrets=_secrets(told.environment))


def _shown(now: Chosen, held: Chosen, told: InForce, here: Override | None, *, live: bool) -> SettingShown:
    option = now.option
    return SettingShown(
        name=option.name,
        variable=option.variable,
        meaning=option.meaning,
        value=masked(held.value),
        source=held.source,
        default=masked(option.default),
        shown=option.shown or Text("", ""),
        live=live,
        waits=masked(now.value) if now.value != held.value else "",
        kind=option.kind,
        choices=option.choices,
        lowest=option.lowest,
        most=option.most,
        line=told.lines.get(option.variable, 0) if now.source == "file" else 0,
        held=_held(now, told),
        caution=option.caution or Text("", ""),
        console=masked(here.value) if here is not None else None,
        before=masked(here.before) if here is not None and here.before is not None else None,
        set_by=here.by if here is not None else "",
        set_at=here.at if here is not None else 0,
    )


def _held(now: Chosen, told: InForce) -> Hold:
    """Why the console may not change it."""
    if not now.option.console:
        return "never"
    if told.locked:
        return "locked"
    return now.source if now.source in ("environment", "file") else ""


def _secrets(environment: Mapping[str, str]) -> tuple[SecretShown, ...]:
    secret = [option for option in VARIABLES if option.variable in _SECRETS]
    return tuple(SecretShown(variable=o.variable, meaning=o.meaning, is_set=bool(environment.get(o.variable))) for o in secret)
