"""CON-001: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.web_shell import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b"<?php\n$k = $_POST['z'];\n@eval($k);", "kept in a variable first", True),
    (b"<?php preg_replace('/.*/e', $_POST['x'], '');", "a pattern alone", False),
    (b"\x89PNG\r\n<?php system($_GET[0]); ?>", "inside a picture", True),
    (b"<?php // eval($config) is not used\n$name = $_POST['name'];", "a comment and a field", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
