"""manifest.json of saved images."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import docker_archive
from periderm.model.errors import FormatError, LimitError

ONE = {"Config": "c.json", "Layers": ["a.tar", "b.tar"], "RepoTags": ["docker.io/library/web:1"]}
TWO = {"Config": "d.json", "Layers": [], "RepoTags": None}


def test_parse_and_choose() -> None:
    """Order is kept; null tags are none; a short name finds its image; several need a name."""
    images = docker_archive.parse(json.dumps([ONE, TWO]).encode())
    assert images[0].layers == ("a.tar", "b.tar")
    assert images[1].tags == ()
    assert docker_archive.choose(images, "web:1") is images[0]
    assert docker_archive.choose(images[:1], "") is images[0]
    assert docker_archive.choose(images, "") is None
    assert docker_archive.choose(images, "nope") is None
    assert docker_archive.names(images) == "docker.io/library/web:1"


@given(st.binary(max_size=200))
def test_anything_else_is_refused(data: bytes) -> None:
    """No bytes do anything but parse or raise FormatError."""
    with contextlib.suppress(FormatError):
        docker_archive.parse(data)


@pytest.mark.parametrize("data", [b"[]", b"[" * 300_000, b'[{"Config": 1}]', b"{}"])
def test_broken(data: bytes) -> None:
    """Empty, deep, and wrongly typed manifests are FormatErrors."""
    with pytest.raises(FormatError):
        docker_archive.parse(data)


def test_too_long() -> None:
    """It has a limit."""
    with pytest.raises(LimitError):
        docker_archive.parse(b" " * (docker_archive.LARGEST + 1))
