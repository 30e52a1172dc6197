"""Statements in every form are fed damaged input, as the formats of images are."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping

import pytest

from periderm.formats import cyclonedx_vex, openvex
from periderm.formats.csaf import vex as csaf_vex
from periderm.model.errors import FormatError
from periderm.model.vulnerability import VexStatement, VexStatus
from tests.formats.csaf.test_vex import document as csaf_document
from tests.formats.test_cyclonedx_vex import document as cyclonedx_document
from tests.formats.test_openvex import document as openvex_document
from tests.fuzz.test_image_formats import ROUNDS, Target, mutate


def reader(parse: Callable[[bytes], Iterator[VexStatement]]) -> Target:
    """Reads, and holds the statements against what is promised of all of them."""

    def fuzz(data: bytes) -> None:
        for statement in parse(data):
            assert statement.vulnerability
            assert statement.products
            if statement.status is VexStatus.NOT_AFFECTED:
                assert statement.justification or statement.statement

    return fuzz


TARGETS: Mapping[str, tuple[Target, list[bytes]]] = {
    "openvex": (reader(openvex.parse), [json.dumps(openvex_document()).encode()]),
    "csaf-vex": (reader(csaf_vex.parse), [json.dumps(csaf_document()).encode()]),
    "cyclonedx-vex": (reader(cyclonedx_vex.parse), [json.dumps(cyclonedx_document()).encode()]),
}


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage makes a format raise anything but FormatError; undamaged seeds pass."""
    fuzz, seeds = TARGETS[name]
    for seed in seeds:
        fuzz(seed)
    chance = random.Random(name)
    for round_ in range(ROUNDS):
        data = mutate(seeds[round_ % len(seeds)], chance)
        try:
            fuzz(data)
        except FormatError:
            continue
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:2000]!r}")


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b'{"a":1e999999}', b"9" * 10_000]
)
def test_absurd_documents(name: str, data: bytes) -> None:
    """Deep, empty, endless: an error of the format."""
    with pytest.raises(FormatError):
        TARGETS[name][0](data)
