"""Records of containers/storage."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import containers_storage as records
from periderm.formats.containers_storage import StoredLayer
from periderm.model.errors import FormatError, LimitError


def test_images_and_layers() -> None:
    """Names may be null; unknown members are passed over."""
    images = records.parse_images(json.dumps([{"id": "ab", "layer": "cd", "names": None, "flags": {"x": 1}}]).encode())
    assert (images[0].id, images[0].layer, images[0].names) == ("ab", "cd", None)
    layers = records.parse_layers(json.dumps([{"id": "cd", "parent": "ef", "diff-digest": "sha256:1"}]).encode())
    assert layers[0] == StoredLayer("cd", "ef", "sha256:1")


def test_chain() -> None:
    """Lowest first; a missing parent and a loop are errors."""
    known = {"a": StoredLayer("a"), "b": StoredLayer("b", "a"), "c": StoredLayer("c", "b")}
    assert [layer.id for layer in records.chain(known, "c")] == ["a", "b", "c"]
    with pytest.raises(FormatError, match="missing"):
        records.chain({"b": StoredLayer("b", "a")}, "b")
    with pytest.raises(FormatError, match="loop"):
        records.chain({"a": StoredLayer("a", "b"), "b": StoredLayer("b", "a")}, "a")


@pytest.mark.parametrize("bad", ["../../etc", "", "A" * 64, "a/b", "a" * 200])
def test_ids_become_folders(bad: str) -> None:
    """Nothing but hex digits passes."""
    with pytest.raises(FormatError):
        records.parse_layers(json.dumps([{"id": bad}]).encode())


def test_file_names() -> None:
    """As containers/storage names the files of big data (seen in a real store)."""
    assert records.data_file("manifest") == "manifest"
    assert records.data_file("sha256:12").startswith("=")


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """No bytes do anything but parse or raise FormatError."""
    for parse in (records.parse_images, records.parse_layers):
        with contextlib.suppress(FormatError):
            parse(data)


def test_too_long() -> None:
    """They have a limit."""
    with pytest.raises(LimitError):
        records.parse_images(b" " * (records.LARGEST + 1))
