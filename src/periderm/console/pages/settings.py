"""Every setting of the server: its value, where it comes from, and a form for those that may be changed here."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from periderm.app.change_settings import change_setting, reset_setting, undo_setting
from periderm.app.confirming import confirmed
from periderm.app.settings_shown import SettingShown, show_settings
from periderm.console.pages.plain import own_password
from periderm.console.render import Ask, render
from periderm.model.option_list import SECTIONS

Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /settings"""
    found = show_settings(ask.app, ask.person)
    sections: dict[str, list[SettingShown]] = {}
    for one in found.settings:
        sections.setdefault(one.name.partition(".")[0], []).append(one)
    return render(
        "settings.html",
        ask,
        found=found,
        sections=sections,
        meanings=SECTIONS,
        confirmed=confirmed(ask.app, ask.person),
        owner=not own_password(ask),
    )


def change_from(ask: Ask, form: Form) -> str:
    """Sets one."""
    change_setting(ask.app, ask.person, name := ask.parts["id"], form.get("value", [""])[0])
    return f"/settings#{quote(name)}"


def undo_from(ask: Ask, _: Form) -> str:
    """Sets it again to what was set before."""
    undo_setting(ask.app, ask.person, name := ask.parts["id"])
    return f"/settings#{quote(name)}"


def reset_from(ask: Ask, _: Form) -> str:
    """What was set here counts no more."""
    reset_setting(ask.app, ask.person, name := ask.parts["id"])
    return f"/settings#{quote(name)}"
