"""The records of containers/storage (podman, CRI-O): which images and layers there are and where. Opens nothing.

Source: containers/storage, images.go and layers.go (the JSON), driver `overlay` (the folders).
"""

from __future__ import annotations

import base64

import msgspec

from periderm.model.errors import FormatError, LimitError

IMAGES = "overlay-images/images.json"
LAYERS = ("overlay-layers/layers.json", "overlay-layers/volatile-layers.json")
LARGEST = 64 << 20
MOST_LAYERS = 1_000


class StoredImage(msgspec.Struct, frozen=True, rename={"big_data": "big-data-digests"}):
    """One image: `id` is the hex of its configuration's digest, `layer` its topmost layer, `digest` its manifest's."""

    id: str
    layer: str = ""
    digest: str = ""
    names: tuple[str, ...] | None = None
    big_data: dict[str, str] | None = None


class StoredLayer(msgspec.Struct, frozen=True, rename={"diff_digest": "diff-digest", "diff_size": "diff-size"}):
    """One layer: its folder is `overlay/ID/diff`; `parent` is '' for the lowest."""

    id: str
    parent: str = ""
    diff_digest: str = ""
    diff_size: int = 0


def parse_images(data: bytes) -> tuple[StoredImage, ...]:
    """`images.json`. Raises FormatError."""
    _bounded(data, IMAGES)
    try:
        images = msgspec.json.decode(data, type=tuple[StoredImage, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"it is not what podman writes ({error}).", where=IMAGES) from None
    for image in images:
        _plain(image.id, IMAGES)
        if image.layer:
            _plain(image.layer, IMAGES)
    return images


def parse_layers(data: bytes) -> tuple[StoredLayer, ...]:
    """`layers.json`. Raises FormatError."""
    _bounded(data, LAYERS[0])
    try:
        layers = msgspec.json.decode(data, type=tuple[StoredLayer, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"it is not what podman writes ({error}).", where=LAYERS[0]) from None
    for layer in layers:
        _plain(layer.id, LAYERS[0])
    return layers


def chain(layers: dict[str, StoredLayer], top: str) -> tuple[StoredLayer, ...]:
    """The layers of an image, lowest first. Raises FormatError for a missing parent or a loop."""
    found: list[StoredLayer] = []
    at = top
    while at:
        layer = layers.get(at)
        if layer is None:
            raise FormatError(f"layer {at[:12]} is missing.", "Pull or build the image again.", where=LAYERS[0])
        found.append(layer)
        if len(found) > MOST_LAYERS:
            raise FormatError(f"an image has more than {MOST_LAYERS} layers, or they form a loop.", where=LAYERS[0])
        at = layer.parent
    return tuple(reversed(found))


def data_file(name: str) -> str:
    """The file of a piece of an image's big data: names that are not letters and digits are base64 behind '='."""
    if name.isascii() and name.isalnum():
        return name
    return "=" + base64.b64encode(name.encode()).decode()


def _bounded(data: bytes, where: str) -> None:
    if len(data) > LARGEST:
        raise LimitError(f"it has {len(data)} bytes; {LARGEST} is the most that is read.", where=where)


def _plain(name: str, where: str) -> None:
    """Ids become folder names: hex only."""
    if not name or len(name) > 128 or not all(c in "0123456789abcdef" for c in name):
        raise FormatError(f"{name[:80]!r} is not an id.", where=where)
