"""The page of settings."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.configuration import InForce
from periderm.console.pages import settings
from periderm.console.render import Ask
from periderm.model.errors import UsageError
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.people import add, came_in
from tests.settings_told import Place, told_settings


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


def asked(ask: Asks, app: Application, language: str = "en", **parts: str) -> Ask:
    """The machine's owner asks."""
    return msgspec.structs.replace(ask("/settings", language), app=app, parts=parts)


def actions(page: str) -> set[str]:
    """Where its forms about settings lead."""
    return {action for form in all_of(page, "form") if (action := form.get("action") or "").startswith("/settings/")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_is_changed_undone_and_let_go(ask: Asks, language: str) -> None:
    """The page has a form for each that may be changed here and no other, and says who set what."""
    place = Place()
    app = told_settings(ask("/settings").app, place, {"PERIDERM_HISTORY_DAYS": "7"}, {"PERIDERM_LOG_LEVEL": "error"})
    page = settings.page(asked(ask, app, language))
    assert "/settings/agent.budget_cpu/change" in actions(page)
    for name in ("history.days", "log.level", "server.listen", "server.settings_locked", "metrics.open", "agent.content"):
        assert f"/settings/{name}/change" not in actions(page)
    one = asked(ask, app, language, id="agent.budget_cpu")
    assert settings.change_from(one, {"value": ["20"]}) == "/settings#agent.budget_cpu"
    page = settings.page(one)
    assert {"/settings/agent.budget_cpu/undo", "/settings/agent.budget_cpu/change"} <= actions(page)
    assert "/settings/agent.budget_cpu/reset" not in actions(page)
    settings.change_from(one, {"value": ["30"]})
    assert "/settings/agent.budget_cpu/reset" in actions(settings.page(one))
    settings.undo_from(one, {})
    assert place.data is not None
    assert b'"20"' in place.data
    settings.reset_from(one, {})
    assert b"budget_cpu" not in place.data
    with pytest.raises(UsageError):
        settings.change_from(one, {})


def test_nothing_is_offered_where_it_is_locked_or_not_proved(ask: Asks) -> None:
    """A lock is said on top; without a fresh proof the page asks for it."""
    app = ask("/settings").app
    assert actions(settings.page(asked(ask, told_settings(app, Place(), {"PERIDERM_SETTINGS_LOCKED": "on"})))) == set()
    add(app, "ada", "admin")
    who = came_in(app, "ada")[1]
    page = settings.page(msgspec.structs.replace(asked(ask, told_settings(app, Place())), who=who))
    assert actions(page) == set()
    fresh = msgspec.structs.replace(who, confirmed=app.clock.now())
    assert actions(settings.page(msgspec.structs.replace(asked(ask, told_settings(app, Place())), who=fresh)))
