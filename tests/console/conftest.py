"""Pages over a real store, without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from periderm.app.application import Application
from periderm.console.render import Ask
from periderm.console.words import words_for
from periderm.model.principal import LOCAL_ADMIN
from tests.story import FixedClock, application, tell
from tests.templates import tell_at_once

STATIC = {"console.css": "/static/a.css", "console.js": "/static/a.js", "mark.svg": "/static/a.svg"}

Asks = Callable[..., Ask]


@pytest.fixture
def clock() -> FixedClock:
    """Goes only when the test moves it."""
    return FixedClock()


@pytest.fixture
def empty(tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """Nothing has been seen yet."""
    app = application(tmp_path, clock)
    yield app
    app.store.close()


@pytest.fixture
def told(empty: Application) -> Application:
    """The shop has been attacked."""
    tell_at_once(empty, tell)
    return empty


@pytest.fixture
def ask(empty: Application) -> Asks:
    """Makes an `Ask`: path, language, parts of the path, parameters."""

    def make(path: str = "/", language: str = "en", **more: object) -> Ask:
        return Ask(app=empty, words=words_for(language), static=STATIC, path=path, who=LOCAL_ADMIN, **more)

    return make
