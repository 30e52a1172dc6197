"""Which places can be scanned, and that each word leads to its own adapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import PeridermError
from periderm.model.settings import Settings


def settings(tmp_path: Path) -> Settings:
    """Folders of a test."""
    return Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))


def test_every_place_is_there(tmp_path: Path) -> None:
    """Each place that the documentation names can be opened, or says in a sentence why not."""
    sources = wiring.image_sources(settings(tmp_path))
    assert set(sources) == {
        "archive", "container", "containerd", "docker", "folder", "host", "layout", "podman", "source",
    }  # fmt: skip
    for word in sorted(set(sources) - {"folder", "host", "source"}):
        with pytest.raises(PeridermError) as caught, sources[word].open(str(tmp_path / "nothing"), ""):
            pass
        assert caught.value.next_step


def test_a_folder_and_source_are_opened(tmp_path: Path) -> None:
    """The same folder as a root file system and as source code."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x/file").write_text("1")
    sources = wiring.image_sources(settings(tmp_path))
    for word in ("folder", "source"):
        with sources[word].open(str(tmp_path / "x"), "") as image:
            assert len(image.layers) == 1
