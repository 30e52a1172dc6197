"""What a content rule is made of: its identity, a condition in YARA's language, and the words without which it cannot hold."""

from __future__ import annotations

import dataclasses
import enum

from periderm.model.detector import DetectorSpec


class Kind(enum.StrEnum):
    """What a file's bytes are, as far as rules care."""

    PROGRAM = "program"  # ELF
    SCRIPT = "script"  # a text that an interpreter, a server page or a scheduler runs, also behind a picture's head
    TEXT = "text"  # any other text: configuration, documents, notes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """`source` is the body of one YARA rule (`strings:` and `condition:`); the rule's name is made from the id.

    `quick` are groups of Hyperscan expressions: where the rule matches, every expression of at least one group does. They
    are what makes looking at a whole image cheap, and are tried on each example. `kinds` are the files of an image in
    which the rule counts: a manual that shows a reverse shell is none."""

    spec: DetectorSpec[bytes]
    source: str
    quick: tuple[tuple[bytes, ...], ...] = ()
    kinds: tuple[Kind, ...] = (Kind.PROGRAM, Kind.SCRIPT)

    @property
    def name(self) -> str:
        """The YARA rule's name."""
        return self.spec.id.replace("-", "_")

    def rule(self) -> str:
        """The whole rule."""
        return f"rule {self.name} {{\n{self.source}\n}}\n"


def program(words: bytes) -> bytes:
    """For examples: the head of an ELF program, and words that are found in it."""
    return b"\x7fELF\x02\x01\x01" + bytes(57) + words
