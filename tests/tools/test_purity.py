"""The purity check catches what it bans, however it is written, and leaves honest code alone."""

from __future__ import annotations

import ast

import pytest

from tools.purity import BANS, Ban, breaches


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.name)
def test_every_ban_catches_its_example(ban: Ban) -> None:
    """A ban that does not catch its own example is no ban."""
    ast.parse(ban.example)
    assert ban in {breach.ban for breach in breaches(ban.example)}


@pytest.mark.parametrize(
    "source",
    [
        "import re\np = re.compile('x')",
        "import io\nb = io.BytesIO(b'x')",
        "from pathlib import PurePosixPath\np = PurePosixPath('x')",
        "import numpy as np\na = np.frombuffer(b'x')\nd = np.datetime64(3, 'ns')",
        "from urllib.parse import unquote",
        "from datetime import datetime, UTC\nd = datetime.fromtimestamp(1, UTC)",
        "class Door:\n    def open(self) -> None: ...\n\n\ndef f(d: Door) -> None:\n    d.open()",
        "from .time import later",
    ],
)
def test_honest_code_passes(source: str) -> None:
    """Methods named like a banned function, and pure parts of the same modules, are fine."""
    assert breaches(source) == []


def test_a_hidden_import_is_found() -> None:
    """An import inside a function, under another name, is seen all the same."""
    found = breaches("def f() -> int:\n    from time import time_ns as tick\n    return tick()\n")
    assert [breach.line for breach in found] == [2, 3]


def test_an_alias_of_open_is_found() -> None:
    """Naming `open` is enough; it need not be called."""
    assert [breach.ban.name for breach in breaches("reader = open\n")] == ["python open"]
