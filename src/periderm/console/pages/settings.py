"""Every setting of the server: its value, where it comes from, and how it is changed. Changes none itself."""

from __future__ import annotations

from periderm.app.settings_shown import SettingShown, show_settings
from periderm.console.render import Ask, render
from periderm.model.option_list import SECTIONS


def page(ask: Ask) -> str:
    """GET /settings"""
    found = show_settings(ask.app, ask.person)
    sections: dict[str, list[SettingShown]] = {}
    for one in found.settings:
        sections.setdefault(one.name.partition(".")[0], []).append(one)
    return render("settings.html", ask, found=found, sections=sections, meanings=SECTIONS)
