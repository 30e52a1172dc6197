"""What a score of surprise is made of: some reasons, each with its points. Decides nothing."""

from __future__ import annotations

from typing import NamedTuple

from periderm.model.text import Text

SILENT = Text("", "")


class Factor(NamedTuple):
    """`points` above or below zero; `why` is a clause that a person reads, or empty where it needs no words."""

    points: int
    why: Text = SILENT


class Judged(NamedTuple):
    """An event type and the reasons, the base first."""

    event_type: str
    factors: tuple[Factor, ...]

    @property
    def score(self) -> int:
        """0 to 100."""
        return max(0, min(100, sum(factor.points for factor in self.factors)))


def factor(points: int, en: str, zh: str, **values: object) -> Factor:
    """A reason in words, with values filled in."""
    text = Text(en, zh)
    return Factor(points, text.fill(**values) if values else text)
