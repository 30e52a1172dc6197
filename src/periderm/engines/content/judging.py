"""What a content rule is made of: its identity, and a condition in YARA's language."""

from __future__ import annotations

import dataclasses

from periderm.model.detector import DetectorSpec


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """`source` is the body of one YARA rule (`strings:` and `condition:`); the rule's name is made from the id."""

    spec: DetectorSpec[bytes]
    source: str

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
