"""`periderm findings`: worst first, filtered by image, and one in full."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import DIGEST, FINDING, Periderm


def test_the_list_names_the_image_and_the_place(periderm: Periderm, state: Path) -> None:
    """A finding is told with where it lies, and the place's own control characters are shown."""
    status, out, _ = periderm("findings")
    assert status == 0
    row = out.splitlines()[1]
    for part in ("M medium", "Remove the shell", "shop:1", FINDING, "\\x1b]0;owned"):
        assert part in row


def test_one_finding_says_what_to_do(periderm: Periderm, state: Path) -> None:
    """The remediation is there without a second command."""
    _, out, _ = periderm("findings", "show", FINDING)
    assert "Fix: Build from a base without one." in out
    assert "IMG-SHELL" in out


@pytest.mark.parametrize("name", ["shop", "SHOP:1", "localhost/shop", DIGEST])
def test_an_image_is_known_by_any_of_its_names(periderm: Periderm, state: Path, name: str) -> None:
    """A part of the name, in any case, or the digest."""
    assert FINDING in periderm("findings", "--image", name)[1]


def test_an_unknown_image_is_told(periderm: Periderm, state: Path) -> None:
    """Exit status 4 and the command that lists images, not an empty list that looks like good news."""
    status, _, err = periderm("findings", "--image", "nothing-like-it")
    assert status == 4
    assert "periderm assets --kind image" in err


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--severity", "medium"], 1),
        (["--severity", "high"], 0),
        (["--kind", "configuration"], 1),
        (["--kind", "secret"], 0),
        (["--detector", "IMG-SHELL"], 1),
        (["--detector", "IMG-OTHER"], 0),
    ],
)
def test_filters_restrict(periderm: Periderm, state: Path, arguments: list[str], count: int) -> None:
    """Each filter keeps what fits and leaves out the rest."""
    assert json.loads(periderm("findings", "--json", *arguments)[1])["total"] == count


def test_json_of_one(periderm: Periderm, state: Path) -> None:
    """The finding by its field names."""
    assert json.loads(periderm("findings", FINDING, "--json")[1])["detector"] == "IMG-SHELL"
