"""What the sample and its attack are told with: the built image, the work done, and each step of the attack."""

from __future__ import annotations

import msgspec

from periderm.model.text import Text


class SampleBuilt(msgspec.Struct, frozen=True, kw_only=True):
    """The sample image as it is now. `digest` is its configuration's (`sha256:…`); `fresh` says that it was built just
    now, in `seconds`; `dropped` is the program that the attack drops."""

    reference: str
    digest: str
    fresh: bool
    seconds: float
    dropped: bytes


class WorkDone(msgspec.Struct, frozen=True, kw_only=True):
    """Ordinary visits: how many requests were answered as they should, how many were not, in how long."""

    answered: int
    failed: int
    seconds: float


class AttackStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step, after it was done. `name` is stable ('shell', 'credentials', 'drop', 'execute', 'miner'). `request` is
    what was sent, `answer` the beginning of what came back: foreign text, to be escaped where it is shown.
    `succeeded` says whether the attacker got what the step is for; `evidence` how that is known."""

    name: str
    title: Text
    request: str
    answer: str
    succeeded: bool
    evidence: Text
    time: int
