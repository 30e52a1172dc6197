"""Every setting of the server as it is in force, where it comes from, whether a change needs a restart. Changes nothing and
tells no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from periderm.app.application import Application, require
from periderm.app.configuration import chosen
from periderm.app.reloading import live_names
from periderm.model.errors import DeniedError
from periderm.model.option_list import VARIABLES
from periderm.model.principal import Permission, Principal
from periderm.model.text import Text

_SECRETS = frozenset({"PERIDERM_JOIN", "PERIDERM_REGISTRY_PASSWORD", "PERIDERM_REGISTRY_TOKEN"})
_USER = re.compile(r"//[^/@\s]*@")


class SettingShown(msgspec.Struct, frozen=True, kw_only=True):
    """One setting. `value` is what is in force; `waits` what the file says by now and a restart would bring ('' for nothing);
    `live` ones are taken over within seconds."""

    name: str
    variable: str
    meaning: Text
    value: str
    source: str
    default: str = ""
    shown: Text = Text("", "")
    live: bool = False
    waits: str = ""


class SecretShown(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that holds a secret: only whether it is set."""

    variable: str
    meaning: Text
    is_set: bool


class SettingsShown(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, and the file that holds them."""

    path: str = ""
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
    began = {one.option.name: one for one in chosen(told.environment, told.at_start)}
    found = []
    for one in chosen(told.environment, told.now):
        option = one.option
        held = one if option.name in live else began[option.name]
        found.append(
            SettingShown(
                name=option.name,
                variable=option.variable,
                meaning=option.meaning,
                value=_masked(held.value),
                source=held.source,
                default=_masked(option.default),
                shown=option.shown or Text("", ""),
                live=option.name in live,
                waits=_masked(one.value) if one.value != held.value else "",
            )
        )
    return SettingsShown(path=told.path, settings=tuple(found), secrets=_secrets(told.environment))


def _secrets(environment: Mapping[str, str]) -> tuple[SecretShown, ...]:
    secret = [option for option in VARIABLES if option.variable in _SECRETS]
    return tuple(SecretShown(variable=o.variable, meaning=o.meaning, is_set=bool(environment.get(o.variable))) for o in secret)


def _masked(value: str) -> str:
    """Without a name and password that stand in an address."""
    return _USER.sub("//***@", value)
