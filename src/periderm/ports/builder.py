"""The programs that build, name and push images (podman, buildah, docker), and the folder of one build."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What a short question to a program gave. `status` is 128 and the signal's number if a signal ended it."""

    status: int
    output: bytes
    error: str


class Builder(Protocol):
    """Raises ContainerRuntimeError: no such program, or (for a question) no answer in time or one that is too long."""

    def run(self, words: Sequence[str], *, quiet_output: bool = False) -> int:
        """Runs it to its end with this process's own streams (with `quiet_output` its results go to standard error), passes
        on the signals that ask this process to end, and gives its status: 128 and the number if a signal ended it."""
        ...

    def ask(self, words: Sequence[str], *, seconds: float = 60.0) -> Answer:
        """Runs it without input, and gives what it said."""
        ...

    def folder(self) -> AbstractContextManager[str]:
        """A folder of this user's alone, that is gone afterwards."""
        ...

    def random(self) -> str:
        """Sixteen hex digits that nobody can foretell."""
        ...
