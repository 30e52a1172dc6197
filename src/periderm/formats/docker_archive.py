"""`manifest.json` of `docker save` and `podman save`: which files of the archive are the configuration and the layers."""

from __future__ import annotations

import msgspec

from periderm.model.errors import FormatError, LimitError

MANIFEST = "manifest.json"
LARGEST = 16 << 20


class SavedImage(msgspec.Struct, frozen=True):
    """One image of the archive: names of its configuration and layers inside the archive, and its tags."""

    config: str
    layers: tuple[str, ...]
    tags: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True, rename="pascal"):
    config: str
    layers: tuple[str, ...]
    repo_tags: tuple[str, ...] | None = None


def parse(data: bytes) -> tuple[SavedImage, ...]:
    """All images of the archive. Raises FormatError."""
    if len(data) > LARGEST:
        raise LimitError(f"manifest.json has {len(data)} bytes; {LARGEST} is the most that is read.")
    try:
        entries = msgspec.json.decode(data, type=tuple[_Entry, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FormatError(f"manifest.json is not what `docker save` writes ({reason}).") from None
    if not entries:
        raise FormatError("manifest.json names no image.")
    return tuple(SavedImage(e.config, e.layers, e.repo_tags or ()) for e in entries)


def choose(images: tuple[SavedImage, ...], name: str) -> SavedImage | None:
    """The image with a tag ('' for the only one); None if there is no such tag, or several images and no name."""
    if not name:
        return images[0] if len({image.config for image in images}) == 1 else None
    for image in images:
        if any(name in (tag, tag.removeprefix("docker.io/library/"), tag.removeprefix("localhost/")) for tag in image.tags):
            return image
    return None


def names(images: tuple[SavedImage, ...]) -> str:
    """The first ten tags, for a message."""
    return ", ".join(sorted(tag for image in images for tag in image.tags)[:10]) or "none"
