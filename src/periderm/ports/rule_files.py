"""The folder of rule packs on this machine, the keys that are trusted, and the packs that were last in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class RuleFile(msgspec.Struct, frozen=True):
    """A file of the folder: its name, its bytes, and '' or a sentence why it cannot be used as it lies there."""

    name: str
    data: bytes
    problem: str = ""


class RuleFiles(Protocol):
    """Reading never fails: what cannot be read is a file with a problem."""

    def stamp(self) -> tuple[tuple[str | int, ...], ...]:
        """Changes when a pack or a trusted key does; cheap enough to be asked each second."""
        ...

    def files(self) -> Sequence[RuleFile]:
        """Packs (`*.yaml`, `*.yml`) and signed packs (`*.dsse`), by name."""
        ...

    def keys(self) -> Sequence[bytes]:
        """Trusted public keys, PEM. Raises UsageError if those that were named cannot be read."""
        ...

    def kept(self) -> Mapping[str, bytes]:
        """Packs that were in force last, as files; none if that is not known."""
        ...

    def keep(self, packs: Mapping[str, bytes]) -> None:
        """Remembers the packs that are in force now. What cannot be written is not remembered."""
        ...
