"""Statements and exports from elsewhere are fed damaged input: bytes flipped, cut, doubled and spliced.

Deterministic: the same seeds each time. `PERIDERM_FUZZ_ROUNDS` asks for more.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from periderm.flow import transfer
from periderm.formats import intoto
from periderm.model.errors import FormatError, SignatureError
from periderm.model.transfer import Part
from tests.building import KEY, PUBLIC, VERDICT

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "600"))
PIECES = (b"\0" * 512, b"\xff", b"[" * 2000, b'{"a":' * 500, b'"', b"../", b"null", b"-1", b"1e999", b"\x28\xb5\x2f\xfd")
DIGEST = "sha256:" + "a" * 64
STATEMENT = intoto.statement(intoto.subjects(("x",), DIGEST), intoto.SUMMARY, intoto.summary(VERDICT, [("k", "s")]))
CONTENTS = (
    transfer.Content("verdicts.json.zst", Part.VERDICTS, b"[]"),
    transfer.Content(f"results/{'a' * 64}.json.zst", Part.RESULT, b"{}" * 300, DIGEST),
)
ARCHIVE = transfer.pack(CONTENTS, KEY, source="dev", exported=1, product="p", by="me")


def statement(data: bytes) -> object:
    """A statement, and the verdict in it."""
    return intoto.read_summary(intoto.read_statement(data))


def archive(data: bytes) -> object:
    """The whole of an export."""
    return [len(content) for _, content in transfer.unpack(data, [PUBLIC]).contents()]


TARGETS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "statement": (statement, STATEMENT),
    "export": (archive, ARCHIVE),
}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """One to four accidents."""
    whole = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(whole) + 1)
        kind = rng.randrange(4)
        if kind == 0 and whole:
            whole[at % len(whole)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del whole[at : at + rng.randrange(1, 40)]
        elif kind == 2:
            whole[at:at] = whole[at : at + rng.randrange(1, 600)]
        else:
            whole[at:at] = rng.choice(PIECES)
    return bytes(whole)


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_told_or_fine(name: str) -> None:
    """Nothing else than an error of a known family, or an answer."""
    target, good = TARGETS[name]
    assert target(good)
    rng = random.Random(7)
    for _ in range(ROUNDS):
        try:
            target(damaged(good, rng))
        except (FormatError, SignatureError):
            continue
