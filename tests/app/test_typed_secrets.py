"""Secrets that a person typed for a destination."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.kept_secrets import KeptSecrets
from periderm.app.application import Application
from periderm.app.typed_secrets import forget, keep_typed
from periderm.model.errors import UsageError
from periderm.model.notice import Channel, Destination

ROBOT = Destination(name="team", channel=Channel.FEISHU, options={"signing": "env:OLD"})


def test_each_is_kept_for_what_it_is(empty: Application, tmp_path: Path) -> None:
    """The destination names where they lie, and forgetting removes them."""
    app = msgspec.structs.replace(empty, secrets=KeptSecrets(str(tmp_path / "kept")))
    kept: dict[str, str] = {}
    made = keep_typed(app, ROBOT, {"": "https://hook.test", "signing": "key"}, kept)
    assert (made.secret, made.options["signing"]) == (kept[""], kept["signing"])
    assert keep_typed(app, ROBOT, {}, {}) == ROBOT
    forget(app, [*kept.values(), "env:OLD"])
    assert list((tmp_path / "kept").iterdir()) == []


def test_what_cannot_be_kept(empty: Application, tmp_path: Path) -> None:
    """An option that is no secret, a name that is none, and a process that keeps nothing."""
    app = msgspec.structs.replace(empty, secrets=KeptSecrets(str(tmp_path / "kept")))
    for destination, typed in ((ROBOT, {"ca": "x"}), (msgspec.structs.replace(ROBOT, name="../x"), {"": "x"})):
        with pytest.raises(UsageError):
            keep_typed(app, destination, typed, {})
    with pytest.raises(UsageError, match="keeps no secrets"):
        keep_typed(empty, ROBOT, {"": "x"}, {})
    forget(empty, ["file:/nowhere"])
