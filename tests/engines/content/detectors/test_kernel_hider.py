"""CON-015: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.kernel_hider import DETECTOR
from periderm.engines.content.judging import program

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (program(b"vermagic=6.1\x00register_kprobe\x00filldir64\x00hide_pid\x00"), "hides by filldir", True),
    (program(b"vermagic=6.1\x00commit_creds\x00register_ftrace_function\x00"), "a tracer module", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
