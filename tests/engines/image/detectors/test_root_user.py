"""Images that run as root."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import root_user
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import ImageConfig


@pytest.mark.parametrize(
    ("user", "fires"),
    [("", True), ("root", True), ("0", True), ("00:5", True), ("root:www", True), ("www", False), ("1000", False)],
)
def test_users(user: str, fires: bool) -> None:
    """No user, root by name or number, with any group."""
    assert bool(run_example(root_user.DETECTOR, GivenImage(config=ImageConfig(user=user)))) is fires


def test_a_folder_has_no_configuration() -> None:
    """Nothing is said of a plain folder."""
    assert run_example(root_user.DETECTOR, GivenImage(layers=((GivenFile("a"),),), configured=False)) == []
