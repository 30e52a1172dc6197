"""Harmless exercises of behaviours that detectors must see, and what became of them in the user's own environment."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text


class Variant(enum.StrEnum):
    """How an attacker does the same thing otherwise."""

    PLAIN = "plain"
    RENAMED = "renamed"  # a copy under another name
    INTERPRETER = "interpreter"  # by another language than the usual tool
    SYSCALL = "system-call"  # directly, without any tool or library function
    STATIC = "static"  # a program that loads no library
    LOADER = "loader"  # through the dynamic loader
    IO_URING = "io_uring"
    COMPAT32 = "32-bit"
    SPLIT = "split"  # over several processes
    ENCODED = "encoded"  # the command line hides its words
    LINK = "link"  # through a link or another path


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """A script that runs in a throwaway container without network and does nothing but show a behaviour.

    `detectors`: the ones of which at least one must alert. `language` is 'sh' or 'python'. `session`: it is brought into
    the container as by an operator (exec), with a terminal if `tty`; otherwise a server's child does it. `misses` says why
    it is known not to be seen ('' if it must be). `needs` names programs without which it cannot run."""

    id: str
    title: Text
    detectors: tuple[str, ...]
    script: str
    language: str = "sh"
    variant: Variant = Variant.PLAIN
    behaviours: tuple[int, ...] = ()
    session: bool = False
    tty: bool = False
    needs: tuple[str, ...] = ()
    misses: Text = Text("", "")


class Outcome(enum.StrEnum):
    """`NOT_RUN`: something that it needs is missing, `reason` says what."""

    SEEN = "seen"
    MISSED = "missed"
    NOT_RUN = "not-run"


class ExerciseResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one exercise. `seconds` from its start until the alert could be read through the product; -1 if none.
    `seen_by` are all detectors that alerted meanwhile."""

    exercise: str
    title: Text
    variant: Variant
    techniques: tuple[str, ...]
    behaviours: tuple[int, ...]
    expected: tuple[str, ...]
    outcome: Outcome
    seconds: float = -1.0
    seen_by: tuple[str, ...] = ()
    reason: Text = Text("", "")


class SelfTest(msgspec.Struct, frozen=True, kw_only=True, tag="selftest"):
    """One run over all exercises. `signature` is a DSSE envelope (JSON) over the run without it, made with this server's
    own key: a report that was changed later does not verify. Times are Unix nanoseconds."""

    id: str
    started: int
    ended: int
    node_id: str
    container_id: str
    author: str
    version: str
    results: tuple[ExerciseResult, ...] = ()
    signature: str = ""

    @property
    def seen(self) -> int:
        """How many exercises were seen."""
        return sum(result.outcome is Outcome.SEEN for result in self.results)

    @property
    def run(self) -> int:
        """How many could be run."""
        return sum(result.outcome is not Outcome.NOT_RUN for result in self.results)
