"""The built browser assets, held in memory: small, and immutable under their hashed names."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from importlib.resources.abc import Traversable

import msgspec

from periderm.model.errors import UsageError

MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Asset(msgspec.Struct, frozen=True):
    """One file; `small` is the same compressed with gzip, empty if it was not made."""

    data: bytes
    small: bytes
    media: str


class Assets(msgspec.Struct, frozen=True):
    """`addresses` maps a plain name to its path on the server, `files` a hashed name to its bytes."""

    addresses: Mapping[str, str]
    files: Mapping[str, Asset]


def load(folder: Traversable | None = None) -> Assets:
    """Reads what `tools/build_assets.py` made. Raises UsageError if it was not run."""
    folder = folder or importlib.resources.files("periderm.console") / "static" / "built"
    listing = folder / "manifest.json"
    if not listing.is_file():
        raise UsageError("The console's assets are not built.", "Run `make build`, or install the wheel.")
    manifest = msgspec.json.decode(listing.read_bytes(), type=dict[str, str])
    files = {}
    for hashed in manifest.values():
        small = folder / f"{hashed}.gz"
        suffix = hashed[hashed.rindex(".") :]
        files[hashed] = Asset((folder / hashed).read_bytes(), small.read_bytes() if small.is_file() else b"", MEDIA[suffix])
    return Assets({name: f"/static/{hashed}" for name, hashed in manifest.items()}, files)
