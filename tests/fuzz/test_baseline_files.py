"""Baselines that people changed or somebody damaged: read, or refused with a sentence."""

from __future__ import annotations

import contextlib
import random

from periderm.formats.baseline_files.reading import read
from periderm.formats.baseline_files.writing import write
from periderm.formats.plain_yaml import load
from periderm.model.baseline import Baseline, Decision, Entry, Evidence, ResourceUse, Source, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import FormatError
from tests.fuzz.test_image_formats import ROUNDS, mutate

_READ = Behaviour(Aspect.READ, "/usr/sbin/nginx", "/etc/nginx/*")
GOOD = write(
    Baseline(
        workload_id="wkl-1",
        name="web",
        entries=(Entry(_READ, Evidence(counts={"n": 3}, first=5, last=9, sources=(Source.OBSERVED,), examples=("/etc/x",))),),
        resources=(ResourceUse(aspect=Aspect.CPU, program="/a", part=1, buckets={"n": ((1, 2),)}),),
        decisions=(Decision(id="d", verdict=Verdict.ACCEPT, time=1, author="ada", reason="r", behaviours=(_READ,)),),
        images={"sha256:a": 5},
        observed={"n": 60},
    )
)


def test_damaged_baselines() -> None:
    """What is read can be written and read again."""
    chance = random.Random(7)
    for _ in range(ROUNDS):
        with contextlib.suppress(FormatError):
            found = read(load(mutate(GOOD, chance)))
            assert read(load(write(found))) == found
