"""Settings as an administrator sees them."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.configuration import InForce
from periderm.app.settings_shown import SettingShown, show_settings
from periderm.model.errors import DeniedError
from periderm.model.option_list import OPTIONS
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal


def shown(app: Application, at_start: dict[str, str], now: dict[str, str], **environment: str) -> dict[str, SettingShown]:
    """All settings by name."""
    told = InForce(path="/etc/periderm/periderm.toml", at_start=at_start, now=now, environment=environment)
    found = show_settings(msgspec.structs.replace(app, in_force=lambda: told), LOCAL_ADMIN)
    assert [secret.is_set for secret in found.secrets].count(True) == ("PERIDERM_REGISTRY_PASSWORD" in environment)
    assert "hunter2" not in str(found)
    return {one.name: one for one in found.settings}


def test_each_says_where_it_comes_from_and_what_waits(empty: Application) -> None:
    """Live ones are in force at once, others after a restart; the environment goes before the file; no secret is told."""
    before = {"PERIDERM_PORT": "9000", "PERIDERM_LOG_LEVEL": "info", "PERIDERM_HISTORY_DAYS": "7"}
    after = before | {"PERIDERM_PORT": "9001", "PERIDERM_LOG_LEVEL": "debug"}
    found = shown(
        empty,
        before,
        after,
        PERIDERM_HISTORY_DAYS="9",
        PERIDERM_REGISTRY_PASSWORD="hunter2",
        PERIDERM_TRACES_ENDPOINT="https://ada:hunter2@traces.test/v1",
    )
    assert len(found) == len(OPTIONS)
    assert (found["server.port"].value, found["server.port"].waits, found["server.port"].source) == ("9000", "9001", "file")
    assert (found["log.level"].value, found["log.level"].waits, found["log.level"].live) == ("debug", "", True)
    assert (found["history.days"].value, found["history.days"].source) == ("9", "environment")
    assert (found["history.mib"].value, found["history.mib"].source) == ("4096", "default")
    assert found["traces.endpoint"].value == "https://***@traces.test/v1"


def test_who_may_see_them(empty: Application) -> None:
    """Administrators; and a process that does not know says nothing."""
    assert show_settings(empty, LOCAL_ADMIN).settings == ()
    with pytest.raises(DeniedError):
        show_settings(empty, Principal("user:eve", frozenset({Permission.READ})))
