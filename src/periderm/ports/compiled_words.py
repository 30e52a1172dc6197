"""Where compiled databases of words are kept. They are run as they are: nobody may write there but whoever compiles.

A place that is damaged, full or not there is a miss and never an error.
"""

from __future__ import annotations

from typing import Protocol


class CompiledWords(Protocol):
    """`kind` is 'patterns' (of secrets) or 'words' (of content rules); a key names all that the database depends on."""

    def __hash__(self) -> int:
        """One place is itself and no other."""
        ...

    def get(self, kind: str, key: str) -> bytes | None:
        """What was put, if nobody else could have changed it since."""
        ...

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it, whole or not at all."""
        ...
