"""The settings' file is fed damaged input: bytes flipped, cut, doubled and spliced. Deterministic."""

from __future__ import annotations

import os
import random

from periderm.app.configuration import judge, template
from periderm.formats.placed_toml import read

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "600"))
PIECES = (b'"""', b"'''", b"[[", b"]", b"{", b"\n", b"\\", b" = ", b".", b"\xff", b"\0", b"#", b"=", b"[" * 500, b"9" * 5000)


def test_damage_is_told_or_read() -> None:
    """Never an exception; what is told has a place in the text."""
    whole = template("en").replace("# ", "", 40).encode() + b'\n[log]\nlevel = "debug"\nx = [1, {a = 2}]\n'
    for seed in range(ROUNDS):
        chance = random.Random(seed)
        data = bytearray(template("zh").encode() if seed % 7 == 0 else whole[-chance.randrange(1, 900) :])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.randrange(4)] = chance.choice(PIECES)
        placed, fault = read(bytes(data))
        lines = bytes(data).count(b"\n") + 1
        assert all(1 <= one.line <= lines and one.column >= 1 for one in placed)
        assert fault is None or 1 <= fault.line <= lines + 1
        judge(bytes(data))
