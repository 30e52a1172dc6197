"""`periderm explain`: from an id on the screen to what to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.app.explain import list_detectors
from tests.cli.conftest import Periderm

SOME = list_detectors()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_detector_in_full(periderm: Periderm, language: str) -> None:
    """Title, severity, examples, remediation and techniques by name, in both languages."""
    wanted = next(e for e in SOME if e.techniques)
    status, out, _ = periderm("explain", wanted.id, "--lang", language)
    assert status == 0
    for text in (wanted.title, wanted.remediation, wanted.techniques[0].name):
        assert text.pick(language) in out
    assert wanted.techniques[0].url in out
    assert wanted.fires[0] in out


def test_every_detector_can_be_printed(periderm: Periderm) -> None:
    """No title or example breaks the page."""
    for explanation in SOME:
        assert periderm("explain", explanation.id)[0] == 0


def test_without_an_id_all_are_listed(periderm: Periderm) -> None:
    """One row each; `--json` has the whole."""
    _, out, _ = periderm("explain")
    assert [line.split()[0] for line in out.splitlines()[1:]] == [e.id for e in SOME]
    assert len(json.loads(periderm("explain", "--json")[1])) == len(SOME)


def test_an_unknown_id_is_told(periderm: Periderm) -> None:
    """Exit status 4 with what is near."""
    status, _, err = periderm("explain", SOME[0].id + "X")
    assert status == 4
    assert SOME[0].id in err


def test_a_record_needs_a_state(periderm: Periderm, state: Path) -> None:
    """An incident's id is looked up in the state; one that is not there is told."""
    status, _, err = periderm("explain", "inc-none")
    assert status == 4
    assert "inc-none" in err


def test_a_rule_of_a_users_pack_is_explained_too(periderm: Periderm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its id, and in the list; a folder that holds no pack, or a bad one, is in nobody's way."""
    monkeypatch.setenv("PERIDERM_RULES", str(tmp_path))
    (tmp_path / "bad.yaml").write_text("rules: [")
    (tmp_path / "mine.yaml").write_text(periderm("rules", "example")[1])
    rules = [row["id"] for row in json.loads(periderm("explain", "--json")[1])[len(SOME) :]]
    assert rules
    for rule in rules:
        status, out, _ = periderm("explain", rule)
        assert status == 0
        assert rule in out
        assert "· rule" in out
