"""Notifications of registries are fed damaged input: a FormatError or events, in bounded time."""

from __future__ import annotations

import json
import random

import pytest

from periderm.formats import registry_events
from periderm.model.errors import FormatError
from periderm.model.watching import Sender
from tests.formats import test_registry_events as shapes
from tests.fuzz.test_image_formats import ROUNDS, mutate

SEEDS = {
    Sender.DISTRIBUTION: shapes.distribution(("push", {**shapes.MANIFEST, "tag": "v1"})),
    Sender.HARBOR: shapes.harbor("PUSH_ARTIFACT", "v1"),
    Sender.DOCKER_HUB: shapes.HUB,
    Sender.GITHUB: shapes.github("package", "container", "v1"),
    Sender.QUAY: {**shapes.QUAY, "updated_tags": ["v1"]},
    Sender.AZURE: shapes.azure("push"),
    Sender.ECR: shapes.ecr("PUSH"),
}


@pytest.mark.parametrize("sender", Sender)
def test_damaged_notifications(sender: Sender) -> None:
    """Each sender's shape, with bytes changed, cut and repeated."""
    chance = random.Random(sender.value)
    seed = json.dumps(SEEDS[sender]).encode()
    assert registry_events.parse(sender, seed)
    for _ in range(ROUNDS):
        try:
            registry_events.parse(sender, mutate(seed, chance))
        except FormatError:
            continue
