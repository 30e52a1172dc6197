"""Contents of scripts and programs that came after the image: what they are, told by YARA-X rules.

Charter: bytes in, matches out. This engine knows nothing of who wrote or ran the file (the runtime engine judges that with
the match in hand), opens nothing and takes no decision. Own rules are files under `detectors/`, one idea each; users bring
folders of YARA rules beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.engines.content.detectors import DETECTORS
from periderm.engines.content.engine import ContentEngine, UserRules
from periderm.engines.content.judging import Detector
from periderm.model.content import ContentMatch

__all__ = ["DETECTORS", "ContentEngine", "UserRules", "run_example"]


class Judged(msgspec.Struct, frozen=True):
    """A match, named as the other engines name what they found."""

    detector: str
    match: ContentMatch


def run_example(detector: Detector, given: bytes) -> Sequence[Judged]:
    """What the rule, alone in a fresh engine, says of some bytes."""
    return [Judged(match.rule, match) for match in ContentEngine(detectors=(detector,)).inspect(given)[0]]
