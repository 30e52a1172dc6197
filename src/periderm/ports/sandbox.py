"""Where foreign bytes are looked into: another process that can read what it must, write what it may, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from periderm.model.text import Text

Tell = Callable[[str, float | None], None]


class Mate(Protocol):
    """What two children that share one work have of each other."""

    def ticket(self) -> int:
        """The next number that neither has taken, from 0 on: whose it is does that part. A number beyond all parts ends it."""
        ...

    def give(self, number: int, data: bytes) -> None:
        """The helper's result of a part."""
        ...

    def given(self) -> Iterator[tuple[int, bytes]]:
        """What the helper gives, as it comes, until it ends (for whatever reason)."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """A time in which the other does not hold much memory; ends with whoever holds it."""
        ...


Work = Callable[[Tell, Mate | None], bytes]  # told how to report progress, and of its mate; gives its whole answer
Help = Callable[[Mate], None]


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
        helper: Help | None = None,
        meanwhile: Callable[[], object] | None = None,
        still: Callable[[], None] | None = None,
        readable: Sequence[str],
        writable: Sequence[str],
        memory: int,
        file: int,
        answer: int,
        seconds: float,
    ) -> bytes:
        """The answer of `work`, which ran in a child. `helper` runs in a second child behind the same walls, and its end,
        however it comes about, is nobody's error: `work` does what it did not do. `meanwhile` is called here, once the
        children work, and `still` about once a second while nothing is heard of them: it may end them by raising.
        `readable` and `writable` are paths (files, or folders with all below); `memory`, `file` and `answer` are bytes: what
        the child may hold, write into one file, and say.

        Raises what `work` raises if it is a PeridermError, and SandboxError if the child ends without an answer, takes
        longer than `seconds`, or says too much."""
        ...
