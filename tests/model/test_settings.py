"""Where things are kept."""

from __future__ import annotations

import posixpath

from periderm.model.settings import Settings


def test_everything_durable_is_below_the_state_folder() -> None:
    """Moving or removing one folder moves or removes all; no two things share a path."""
    settings = Settings(state="/var/lib/p", cache="/var/cache/p")
    paths = [settings.database, settings.spool, settings.service_token, settings.logs]
    assert all(posixpath.dirname(path) == "/var/lib/p" for path in paths)
    assert len(set(paths)) == len(paths)


def test_it_listens_on_loopback_only() -> None:
    """Without a word from the user nothing outside the machine can reach it."""
    settings = Settings(state="s", cache="c", port=1234)
    assert settings.url == "http://127.0.0.1:1234"
