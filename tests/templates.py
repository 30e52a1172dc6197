"""Stores that were told a story once: told again by copying, which takes a hundredth of the time."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from periderm.app.application import Application
from tests.story import FixedClock, application

Teller = Callable[[Application], object]


def tell_at_once(app: Application, *tellers: Teller) -> None:
    """Fills an application's empty store, at the beginning of a `FixedClock`, with what these tell, in this order."""
    assert app.clock.now() == FixedClock().now(), "the story is told at another time"
    with contextlib.ExitStack() as ends:
        told = ends.enter_context(contextlib.closing(sqlite3.connect(":memory:")))
        told.deserialize(_first(tellers))
        into = ends.enter_context(contextlib.closing(sqlite3.connect(app.settings.database)))
        told.backup(into)


@functools.cache
def _first(tellers: tuple[Teller, ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
        try:
            for tell in tellers:
                tell(app)
        finally:
            app.store.close()
        with contextlib.closing(sqlite3.connect(app.settings.database)) as made:
            made.execute("PRAGMA journal_mode=DELETE")
            return made.serialize()
