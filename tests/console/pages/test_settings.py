"""The page of settings."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.configuration import InForce
from periderm.console.pages import settings
from tests.console.conftest import Asks
from tests.console.markup import texts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_setting_is_there(ask: Asks, language: str) -> None:
    """With what is in force and what waits; hostile values are text. Where nobody knows, the page teaches."""
    asked = ask("/settings", language)
    assert "periderm config show" in settings.page(asked)
    values = {"PERIDERM_HOSTS": "<b>host</b>", "PERIDERM_PORT": "9000"}
    told = InForce(path="/etc/periderm/periderm.toml", at_start={}, now=values, environment={})
    text = settings.page(msgspec.structs.replace(asked, app=msgspec.structs.replace(asked.app, in_force=lambda: told)))
    assert "server.port" in texts(text)
    assert "9000" in texts(text)
    assert "&lt;b&gt;host" in text
    assert "<b>host" not in text
