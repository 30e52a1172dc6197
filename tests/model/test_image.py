"""What an image holds."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings

from periderm.model.image import ExecutableFile, FileType, ImageInventory
from tests.strategies import values


def test_file_types_are_pinned() -> None:
    """Numbers of entry types are stored in caches: known ones never change."""
    known = {
        "REGULAR": 0, "DIRECTORY": 1, "SYMLINK": 2, "HARDLINK": 3, "CHARACTER": 4, "BLOCK": 5, "FIFO": 6, "SOCKET": 7
    }  # fmt: skip
    assert known.items() <= {name: int(kind) for name, kind in FileType.__members__.items()}.items()


@given(values(ImageInventory))
@settings(max_examples=25, deadline=None)
def test_an_inventory_survives_the_wire(inventory: ImageInventory) -> None:
    """Read back equal in both encodings."""
    for codec in (msgspec.json, msgspec.msgpack):
        assert codec.decode(codec.encode(inventory), type=ImageInventory) == inventory


def test_executables_travel_without_field_names() -> None:
    """An image has thousands of executables: each is an array, in a pinned order."""
    file = ExecutableFile("/bin/sh", 10, 0o755, "ab", "dash", "sha256:1")
    assert msgspec.json.encode(file) == b'["/bin/sh",10,493,"ab","dash","sha256:1"]'
