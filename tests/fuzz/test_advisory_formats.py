"""Every format of advisories is fed damaged input: bytes flipped, cut, doubled, spliced, numbers made extreme.

Deterministic: the same seeds and rounds each time. `PERIDERM_FUZZ_ROUNDS` asks for more. A target may raise FormatError
(LimitError is one) and nothing else, in bounded time and memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections.abc import Callable

import pytest

from periderm.algorithms.cvss import score_of
from periderm.flow.advisory_kinds import KINDS, kind_of, read
from periderm.flow.advisory_merge import merge, rated
from periderm.formats import zip_entries
from periderm.model.advisory import Advisory
from periderm.model.advisory_build import FeedDocument
from periderm.model.errors import FormatError
from tests.flow.test_advisory_kinds import DOCUMENTS
from tests.formats.test_zip_entries import packed

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "400"))
MOST = 1 << 20
EXTREMES = (
    b"\0",
    b"\xff",
    b"null",
    b"-1",
    b"1e999",
    b"9" * 400,
    b"[" * 3000,
    b'{"a":' * 800,
    b'"' + b"A" * 5000 + b'"',
    b"\\ud800",
    b"&a *a",
    b"\n- ",
)


def damaged(good: bytes, chance: random.Random) -> bytes:
    """Some places changed, and sometimes cut or doubled."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        how = chance.random()
        if how < 0.4 and at < len(data):
            data[at] = chance.randrange(256)
        elif how < 0.7:
            data[at : at + chance.randint(0, 12)] = chance.choice(EXTREMES)
        elif how < 0.85:
            del data[at : at + chance.randint(1, 40)]
        else:
            data[at:at] = data[at : at + 60]
    return bytes(data)


def target_of(kind: str) -> Callable[[bytes], None]:
    """Tells the kind, reads with the kind's reader, rates and merges what comes out."""
    name = DOCUMENTS[kind][0]

    def fuzz(data: bytes) -> None:
        document = FeedDocument(name, data)
        with contextlib.suppress(FormatError):
            kind_of(document)
        found = [rated(record) for record in read(document, kind) if isinstance(record, Advisory)]
        if found:
            merge(found)

    return fuzz


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: str) -> None:
    """Damaged documents end in refusals."""
    chance, fuzz, good = random.Random(7), target_of(kind), DOCUMENTS[kind][1].encode()
    fuzz(good)
    for _ in range(ROUNDS):
        fuzz(damaged(good, chance))


def test_zip() -> None:
    """Damaged archives end in FormatError."""
    chance, good = random.Random(7), packed({"a": b"x" * 300, "b/c": b"y"})
    for _ in range(ROUNDS):
        view = memoryview(damaged(good, chance))
        try:
            for entry in zip_entries.entries(view):
                assert len(zip_entries.read(view, entry, most=MOST)) <= MOST
        except FormatError:
            continue


def test_vectors() -> None:
    """Damaged vectors have a score from 0 to 10, or none."""
    chance = random.Random(7)
    vectors = (
        b"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        b"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P",
    )
    for _ in range(ROUNDS):
        score = score_of(damaged(chance.choice(vectors), chance).decode("utf-8", "surrogateescape"))
        assert score is None or 0 <= score <= 10


def test_versions_that_are_hostile() -> None:
    """Events with extreme versions are put in an order, whatever that order is."""
    chance = random.Random(7)
    words = ["0", "", "1" * 2000, "1." * 1000, "~" * 500, "\0", "é", "-", "1e9", "v" * 50, "1-1-1-1:1"]
    for kind in ("PyPI", "npm", "Go", "Maven", "Debian:12", "Red Hat:9", "Alpine:v3.19", "RubyGems", "Packagist", "NuGet"):
        for _ in range(ROUNDS // 20):
            events = [
                {chance.choice(["introduced", "fixed", "last_affected", "limit"]): chance.choice(words)} for _ in range(6)
            ]
            told = {
                "package": {"ecosystem": kind, "name": "x"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
                "versions": words,
            }
            record = {"id": "X-1", "affected": [told]}
            list(read(FeedDocument("a.json", json.dumps(record).encode()), "osv"))
