"""A bounded, repeatable number of rounds of the bill-of-materials readers, from good documents that are then damaged."""

from __future__ import annotations

import json
import os
import random

import pytest

from periderm.formats.cyclonedx import writing as cyclonedx
from periderm.formats.spdx import writing as spdx
from tests.formats.cyclonedx.test_markup import BOM
from tests.formats.spdx.test_linked import GRAPH
from tests.formats.spdx.test_tags import DOCUMENT
from tests.fuzz.fuzz_sbom import fuzz
from tests.fuzz.test_fuzz_sensor import damaged
from tests.reports import report

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "200"))
GOOD = {
    "cyclonedx": cyclonedx.write(report()),
    "cyclonedx-xml": BOM.format(encoding="utf-8", sha1="a" * 40).encode(),
    "spdx": spdx.write(report()),
    "spdx-tags": DOCUMENT.encode(),
    "spdx-3": json.dumps(GRAPH).encode(),
}


def spoiled(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, or a value of the document swapped for one of another type."""
    if chance.random() < 0.5:
        return damaged(data, chance)
    pieces = data.split(b'"')
    pieces[chance.randrange(len(pieces))] = chance.choice([b"", b"[]", b"null", b"1e999", b"pkg:", b"\\ud800", b"{" * 50])
    return b'"'.join(pieces)


@pytest.mark.parametrize("name", GOOD)
def test_rounds(name: str) -> None:
    """Damaged documents raise nothing but FormatError."""
    chance = random.Random(1)
    fuzz(GOOD[name])
    for _ in range(ROUNDS):
        fuzz(spoiled(GOOD[name], chance))
