"""What the detectors say of a file's text, through its reader: for the tests of this folder."""

from __future__ import annotations

from periderm.engines.config.catalogue import DETECTORS
from periderm.engines.config.engine import Judged, judge
from periderm.engines.config.facts import USUAL, Facts
from periderm.flow.config_files import facts_of
from periderm.model.build_file import FileKind

CONTAINER, COMPOSE, WORKFLOW, ACTION, GITLAB = (USUAL[kind] for kind in FileKind)
STEPS = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"


def facts(text: str, path: str = CONTAINER) -> Facts:
    """The facts of a file."""
    found = facts_of(text.encode(), path)
    assert found is not None
    return found


def judged(text: str, path: str = CONTAINER, only: str = "") -> list[Judged]:
    """All judgements, or those of one detector."""
    return [one for one in judge(facts(text, path), DETECTORS).judged if only in ("", one.detector)]


def hits(text: str, path: str = CONTAINER) -> set[tuple[str, int]]:
    """(detector, line) of each."""
    return {(one.detector, one.line) for one in judged(text, path)}


def lines(text: str, only: str, path: str = CONTAINER) -> list[int]:
    """The lines of one detector's."""
    return [one.line for one in judged(text, path, only)]
