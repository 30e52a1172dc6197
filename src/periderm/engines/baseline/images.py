"""What the engine keeps of an image: which package owns a file, its health check, what a birth or an upgrade asks for. Keeps
paths and names, no contents and no environment."""

from __future__ import annotations

import re

import msgspec

from periderm.model.errors import FormatError
from periderm.model.image import ExecutableFile, ImageInventory, Package
from periderm.model.text import encodable

_MERGED = re.compile(r"/usr(?=/(?:bin|sbin|lib|lib32|lib64|libx32)/)")


class ImageFiles:
    """Of one image. `complete` is false if a limit left something out: absence then proves nothing. `health` is the argv of
    its health check, () if it has none. `packed` is all of it, for a snapshot."""

    def __init__(self, inventory: ImageInventory, packed: bytes) -> None:
        self.digest = inventory.digest
        self.complete = not inventory.not_examined and bool(inventory.executables)
        self.health = health_command(inventory.config.healthcheck)
        self.packed = packed
        self._owners = {_key(path): encodable(package.name) for package in inventory.packages for path in package.files}
        for file in inventory.executables:
            # A package that lists a program knows better than an inventory that could not tell whose it is.
            if file.package or _key(file.path) not in self._owners:
                self._owners[_key(file.path)] = encodable(file.package)

    def package(self, path: str) -> str | None:
        """The package that owns it, '' if none does, None if the image has no such file that is known (files that are no
        programs are known only by their packages)."""
        return self._owners.get(_MERGED.sub("", path, count=1))

    @property
    def inventory(self) -> ImageInventory:
        """The image, as far as it was kept. Costs time: it is decoded each time."""
        return _decode(self.packed)

    @classmethod
    def of(cls, inventory: ImageInventory) -> ImageFiles:
        """Those of an inventory."""
        slim = msgspec.structs.replace(
            inventory,
            config=msgspec.structs.replace(inventory.config, environment=(), labels={}, history=(), diff_ids=()),
            packages=tuple(_slim(package) for package in inventory.packages),
            executables=tuple(
                ExecutableFile(encodable(f.path), f.size, f.mode, "", f.package, "") for f in inventory.executables
            ),
            secret_paths=(),
            contents=None,
            starts=(),
        )
        return cls(slim, _ENCODER.encode(slim))

    @classmethod
    def unpack(cls, packed: bytes) -> ImageFiles:
        """From `packed`. Raises FormatError if the bytes are damaged."""
        return cls(_decode(packed), packed)


def health_command(check: tuple[str, ...]) -> tuple[str, ...]:
    """The argv that a runtime starts for a HEALTHCHECK of an image's configuration."""
    if not check or check[0] == "NONE":
        return ()
    if check[0] == "CMD-SHELL":
        return ("/bin/sh", "-c", *check[1:2])
    return check[1:] if check[0] == "CMD" else check


def _slim(package: Package) -> Package:
    files = tuple(encodable(path) for path in package.files)
    return Package(name=package.name, version=package.version, type=package.type, purl="", files=files)


def _decode(packed: bytes) -> ImageInventory:
    try:
        return _DECODER.decode(packed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("What the baseline engine kept of an image is damaged.", "Scan the image again.") from error


def _key(path: str) -> str:
    return _MERGED.sub("", encodable("/" + path.lstrip("/")), count=1)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ImageInventory)
