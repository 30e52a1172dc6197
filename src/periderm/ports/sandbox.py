"""Where foreign bytes are looked into: another process that can read what it must, write what it may, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from periderm.model.text import Text

Tell = Callable[[str, float | None], None]
Work = Callable[[Tell], bytes]  # told how to report progress; gives its whole answer


class Sandbox(Protocol):
    """Runs work in a child process without network, without other programs, and with bounded memory."""

    def lacks(self) -> tuple[Text, ...]:
        """What this machine's kernel cannot keep from the child; empty where all of it holds."""
        ...

    def run(
        self,
        work: Work,
        tell: Tell,
        *,
        readable: Sequence[str],
        writable: Sequence[str],
        memory: int,
        file: int,
        answer: int,
        seconds: float,
    ) -> bytes:
        """The answer of `work`, which ran in a child. `readable` and `writable` are paths (files, or folders with all
        below); `memory`, `file` and `answer` are bytes: what the child may hold, write into one file, and say.

        Raises what `work` raises if it is a PeridermError, and SandboxError if the child ends without an answer, takes
        longer than `seconds`, or says too much."""
        ...
