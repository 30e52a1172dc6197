"""The doctor's parts: it sees responses that a stopped agent left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm import wiring
from periderm.flow.standing import Standing
from periderm.model.effect import PauseContainer
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.wiring.responding import standing_file


def test_a_response_that_still_holds_is_a_leftover(tmp_path: Path) -> None:
    """Named by its id, as long as nothing of the product runs."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path / "cache"))
    why = Text("test", "测试")
    effect = PauseContainer(
        id="eff-held",
        node_id="n",
        asset_id="a",
        reason=why,
        blast_radius=why,
        decided_by="user:test",
        decided_at=1,
        container_id="f" * 64,
        runtime="podman",
    )
    standing_file(settings).save([Standing(effect=effect)])
    found = wiring.doctor(settings, clean=False)
    if found.running:
        pytest.skip("the product runs on this machine")
    assert ("response", "eff-held") in {(orphan.kind, orphan.name) for orphan in found.orphans}
    assert os.path.exists(tmp_path / "standing.json")
