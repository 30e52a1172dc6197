"""What every place for typed secrets promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.kept_secrets import KeptSecrets
from periderm.model.errors import UsageError
from periderm.ports.secrets import Secrets


@pytest.fixture(params=["folder"])
def place(tmp_path: Path) -> Secrets:
    """Where nothing is kept yet."""
    return KeptSecrets(str(tmp_path / "secrets"))


def test_each_has_a_place_of_its_own(place: Secrets) -> None:
    """So that what uses an older one goes on until it is forgotten."""
    first, second = place.keep("notify-ops", "one"), place.keep("notify-ops", "one")
    assert first != second
    assert place.mine(first)
    assert place.mine(second)


def test_a_reference_tells_nothing_of_the_secret(place: Secrets) -> None:
    """It is shown to people."""
    assert "word-of-mine" not in place.keep("notify-ops", "word-of-mine")


@pytest.mark.parametrize("reference", ["", "env:HOME", "file:/etc/passwd", "file:relative", "other:thing"])
def test_what_was_not_kept_here_is_left_alone(place: Secrets, reference: str) -> None:
    """And that is no error."""
    assert not place.mine(reference)
    place.forget(reference)
    if reference.startswith("file:/"):
        assert Path(reference.removeprefix("file:")).exists()


def test_what_is_no_secret_is_refused(place: Secrets) -> None:
    """With what to do."""
    with pytest.raises(UsageError) as told:
        place.keep("notify-ops", "two\nlines")
    assert told.value.next_step
