"""The rule packs of this machine are where the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.settings import Settings
from periderm.wiring import rules
from tests.flow.test_rule_packs import pack


def test_folder_and_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the state unless told; signatures are demanded by a word."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    assert wiring.rule_folder(settings) == str(tmp_path / "rules")
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "a.yaml").write_text(pack())
    monkeypatch.setenv("PERIDERM_RULES", str(tmp_path / "packs"))
    loaded = wiring.rule_packs(settings).look()
    assert loaded is not None
    assert len(loaded.detectors) == 1
    assert (tmp_path / rules.KEPT).exists()
    monkeypatch.setenv("PERIDERM_RULES_SIGNED", "1")
    loaded = wiring.rule_packs(settings, keep=False).look()
    assert loaded is not None
    assert loaded.detectors == ()
    assert "not signed" in loaded.states[0].problem


def test_nothing_is_known_without_a_store(tmp_path: Path) -> None:
    """And no error."""
    with wiring.known_images(Settings(state=str(tmp_path), cache=str(tmp_path))) as look_up:
        assert look_up("sha256:x") is None
