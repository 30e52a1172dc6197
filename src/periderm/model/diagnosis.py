"""What a machine can and cannot do for the product, and what was left behind on it."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text

NOTHING = Text("", "")


class Condition(enum.StrEnum):
    """`PARTLY` works with less than it could."""

    WORKS = "works"
    PARTLY = "partly"
    MISSING = "missing"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `found` says what is there; where something is missing, `still` says what works all
    the same and `next_step` how to get the rest. `name` is stable."""

    name: str
    title: Text
    condition: Condition
    found: Text
    still: Text = NOTHING
    next_step: Text = NOTHING


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """Something of ours that nobody uses any more: `kind` is 'pin', 'container' or 'folder'."""

    kind: str
    name: str


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All checks, in the order in which they build on each other. `running` are the product's processes that run now,
    `removed` what was cleaned away."""

    checks: tuple[Check, ...]
    orphans: tuple[Orphan, ...] = ()
    running: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether anything of the product can be used here at all."""
        return any(c.name in ("scan", "sensor") and c.condition is not Condition.MISSING for c in self.checks)
