"""`periderm coverage`: the matrix in the terminal."""

from __future__ import annotations

import json

from periderm.model.attack import CONTAINERS
from tests.cli.conftest import Periderm


def test_the_whole_matrix(periderm: Periderm) -> None:
    """Each technique once, with what sees it; as JSON too."""
    status, out, _ = periderm("coverage")
    assert status == 0
    assert all(identity in out for identity in CONTAINERS)
    assert "RUN-054" in out
    assert [c["id"] for c in json.loads(periderm("coverage", "--json")[1])] == list(CONTAINERS)


def test_only_the_blind_spots(periderm: Periderm) -> None:
    """What is seen in full is left out."""
    shown = json.loads(periderm("coverage", "--blind", "--json")[1])
    assert shown
    assert all(c["blind"][0] or not c["seen"] for c in shown)
    assert len(shown) < len(CONTAINERS)
