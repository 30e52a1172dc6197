"""The self-test's parts, put together."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from periderm.algorithms.signing import verify
from periderm.app.selftest import PAYLOAD_TYPE
from periderm.model.settings import Settings
from periderm.wiring import testing


def test_runs_are_signed_with_a_key_of_this_installation(tmp_path: Path) -> None:
    """Made once, readable by its owner only; the public half beside it verifies."""
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path))
    first, second = testing._sign(settings, b'{"a":1}'), testing._sign(settings, b'{"a":1}')
    assert json.loads(first)["signatures"] == json.loads(second)["signatures"]
    private, public = tmp_path / "state" / "selftest-key.pem", tmp_path / "state" / "selftest-key.pub"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert verify(first.encode(), [public.read_bytes()], PAYLOAD_TYPE) == b'{"a":1}'


def test_the_exercises_are_there() -> None:
    """A door asks the wiring for them."""
    assert len(testing.exercises()) > 50
