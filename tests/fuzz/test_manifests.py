"""Manifests of deployments, damaged: containers or none, or an error of ours."""

from __future__ import annotations

import contextlib
import random

from periderm.app.birth import containers
from periderm.formats.pod_manifest import read
from periderm.model.errors import PeridermError
from tests.formats.test_pod_manifest import WEB
from tests.fuzz.test_image_formats import ROUNDS, mutate


def test_damaged_manifests() -> None:
    """Cut, flipped, repeated and joined."""
    chance = random.Random(9)
    for _ in range(ROUNDS):
        with contextlib.suppress(PeridermError):
            for each in containers(mutate(WEB.encode(), chance)):
                assert all(word.encode("utf-8", "surrogatepass") is not None for word in each.command)
    assert read(None) == ()
