"""CON-009: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.obfuscated_script import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b"printf %s aWQ= | base64 --decode | bash", "the long option", True),
    (b"import lzma\nexec(lzma.decompress(data))\n", "packed by another", True),
    (b"new Function(atob('YQ=='))()", "by a function", True),
    (b"kubectl get secret x -o jsonpath={.data.p} | base64 -d\n", "a secret that is shown", False),
    (b'eval "$(ssh-agent -s)"\n', "an agent", False),
    (b"data = zlib.decompress(blob)\nexecutor.submit(data)\n", "no exec", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
