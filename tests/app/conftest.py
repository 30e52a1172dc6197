"""An application over a real store, empty or with the told story in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.app.application import Application
from tests.scanned import tell_scans
from tests.story import FixedClock, application, tell
from tests.templates import tell_at_once


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
def scanned(empty: Application) -> Application:
    """Three images that were scanned, others that were not, two containers and an exception."""
    tell_at_once(empty, tell_scans)
    return empty
