"""Matching again as the server does it by itself, and as a person asks for it."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from periderm.app.rematch import match_again, rematching, told
from periderm.model.difference import Rematch
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.engines.vulnerability.given import NOW, Memory
from tests.flow.test_rematch import NEW, OLD, findings, image, put
from tests.story import FixedClock, application


def test_the_server_does_it_by_itself(tmp_path: Path) -> None:
    """When it starts, and what it did is durable."""
    app = application(tmp_path, FixedClock(NOW))
    put(app, image(0))
    done = threading.Event()

    class Told(Memory):
        def close(self) -> None:
            """The round is over."""
            done.set()

    with rematching(app, lambda: Told(OLD, digest="1")):
        assert done.wait(180)
    assert "CVE-2099-0001" in findings(app, 0)
    app.store.close()


def test_who_may(tmp_path: Path) -> None:
    """An administrator; nobody else."""
    app = application(tmp_path, FixedClock(NOW))
    put(app, image(0))
    with pytest.raises(DeniedError):
        list(match_again(app, Principal("guest", frozenset()), lambda: Memory(OLD)))
    assert len(list(match_again(app, LOCAL_ADMIN, lambda: Memory(OLD)))) == 1
    app.store.close()


def test_what_is_said(tmp_path: Path) -> None:
    """Which vulnerability in what, since when; nothing if nothing changed."""
    app = application(tmp_path, FixedClock(NOW))
    put(app, image(0))
    (rematch,) = match_again(app, LOCAL_ADMIN, lambda: Memory(OLD, NEW))
    line = told(rematch)
    assert "app:0: newly vulnerable: CVE-2099-0001 in demo since 2026-09-12" in line
    assert told(Rematch(image_digest="d", advisories="a", time=1)) == ""
    many = msgspec.structs.replace(rematch, new=rematch.new * 4, since=rematch.since * 4)
    assert "and 3 more" in told(many)
    app.store.close()
