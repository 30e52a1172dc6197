"""What is not normal for a workload: the part of an alert that a baseline adds. Judges nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.behaviour import Behaviour
from periderm.model.text import Text

PREFIX = "BASE-"  # detector id of a deviation: 'BASE-02-03'


class Standing(enum.StrEnum):
    """What is to be done with a deviation."""

    TOLD = "told"  # it was told as an alert, and waits for review
    LEARNED = "learned"  # the workload was still learning: it is in the baseline now
    QUARANTINED = "quarantined"  # below something that a rule calls an attack, or an approved session: never learned by itself
    QUIET = "quiet"  # too little surprising to be told; it was learned


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """`event_type` is 'FAMILY-NUMBER' (`engines.baseline.event_types`), stable for ever. `surprise` is 0 (expected) to 100
    (nothing like it is normal here). `reason` is one sentence; `nearest` the nearest normal entry, and `nearest_text` what
    would make the behaviour normal ('normal if its parent were nginx'). `by` is the id of the alert or session that
    quarantined it.
    """

    event_type: str
    workload_id: str
    behaviour: Behaviour
    surprise: int
    reason: Text
    standing: Standing = Standing.TOLD
    nearest: Behaviour | None = None
    nearest_text: Text = Text("", "")
    by: str = ""
    others: int = 0  # how many more of one kind this alert stands for; `behaviour` is then the pattern of them all
    phase: str = ""
