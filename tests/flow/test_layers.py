"""One layer in one pass."""

from __future__ import annotations

import gzip

import pytest
import zstandard

from periderm.flow.layers import LayerReader
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import ScanLimits
from periderm.ports.image_source import BlobLayer, TreeLayer
from tests.images import base_layer, digest, tar

LAYER = base_layer()


def blob(data: bytes, diff: bytes = LAYER, told: str | None = None) -> BlobLayer:
    """A layer whose blob is `data` and whose diff id promises `diff`."""
    return BlobLayer(digest(diff), digest(data) if told is None else told, len(data), lambda: iter([data[:100], data[100:]]))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_entries_and_sizes(pack: object) -> None:
    """Plain, gzip and zstd give the same entries; bytes taken are told, inflated ones counted."""
    data = pack(LAYER)  # type: ignore[operator]
    taken: list[int] = []
    reader = LayerReader(blob(data), ScanLimits(), taken.append)
    paths = [item.entry.path for item in reader.entries()]
    assert "usr/bin/bash" in paths
    assert sum(taken) == len(data)
    assert reader.size == len(LAYER)


def test_digests_are_verified() -> None:
    """A layer that is not the promised one is an error after its last entry, as is another blob than promised."""
    other = tar([("x", b"1")])
    for layer in (blob(other), blob(gzip.compress(LAYER), told="sha256:" + "0" * 64), blob(LAYER + bytes(512))):
        with pytest.raises(FormatError, match="digest"):
            list(LayerReader(layer, ScanLimits(), lambda _: None).entries())


def test_what_follows_the_end_belongs_to_the_digest() -> None:
    """Bytes behind the end mark are not entries, but they are part of what was promised."""
    data = LAYER + b"behind" * 100
    assert list(LayerReader(blob(data, data), ScanLimits(), lambda _: None).entries())


def test_a_bomb_ends_it() -> None:
    """A limit inside the stream ends the layer and is remembered as its limit."""
    bomb = tar([("zeros", bytes(8 << 20))])
    limits = ScanLimits(ratio=50, ratio_floor=1 << 20)
    reader = LayerReader(blob(gzip.compress(bomb), bomb), limits, lambda _: None)
    with pytest.raises(LimitError):
        [item.read() for item in reader.entries()]
    assert reader.limit is not None


def test_a_folder_layer() -> None:
    """An unpacked layer gives its entries and cannot be verified."""
    reader = LayerReader(TreeLayer("sha256:x", tuple), ScanLimits(), lambda _: None)
    assert list(reader.entries()) == []
    assert not reader.verified
