"""The exercises as values: complete, harmless by their words, and of detectors that there are."""

from __future__ import annotations

import ast
import subprocess

import pytest

from periderm.engines.content import DETECTORS as CONTENT
from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.exercises import EXERCISES
from periderm.model.exercise import Exercise, Variant

KNOWN = {d.spec.id for d in DETECTORS} | {d.spec.id for d in CONTENT}
# What only a privileged container, the host itself, a day of waiting or a rare program could show.
ELSEWHERE = {
    "RUN-024": "needs a container with the host's rights, which the throwaway one must not have",
    "RUN-029": "needs a module or program hidden in the kernel",
    "RUN-035": "needs a set-user-id program that can be attacked",
    "RUN-051": "needs an ssh server and another machine",
    "RUN-052": "needs a network that the container does not have",
    "RUN-056": "needs an ssh server",
    "RUN-060": "happens on the host, and is its operators' daily work",
    "RUN-063": "needs an exploit of the kernel",
    "RUN-064": "needs a volume of the host",
    "RUN-066": "needs a policy that refuses something",
    "RUN-102": "needs an address outside to send to",
    "RUN-107": "needs a minute of a whole processor",
    "RUN-122": "needs a user besides root",
    "RUN-123": "is shown with RUN-124",
    "RUN-141": "needs the storage of images",
    "RUN-143": "needs an image of its own for each case",
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_each_is_complete(exercise: Exercise) -> None:
    """A name in both languages, detectors that exist, a script that its interpreter can read."""
    assert exercise.title.en
    assert exercise.title.zh
    assert exercise.detectors
    assert set(exercise.detectors) <= KNOWN
    if exercise.language == "python":
        ast.parse(exercise.script)
    else:
        assert exercise.language == "sh"
        checked = subprocess.run(["/bin/sh", "-n", "-c", exercise.script], capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


def test_ids_are_unique() -> None:
    """Results of different runs can be compared by them."""
    ids = [e.id for e in EXERCISES]
    assert sorted(set(ids)) == sorted(ids)


def test_every_detector_is_exercised_or_says_why_not() -> None:
    """No runtime detector is left out in silence."""
    shown = {d for e in EXERCISES for d in e.detectors}
    left = {d.spec.id for d in DETECTORS} - shown - set(ELSEWHERE)
    assert left == set()
    assert set(ELSEWHERE) <= KNOWN


def test_each_evasion_is_tried() -> None:
    """Renamed, other languages, direct calls, static programs, io_uring, 32-bit calls, links, encoded words, and the rest."""
    tried = {e.variant for e in EXERCISES}
    assert tried == set(Variant)
