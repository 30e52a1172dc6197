"""CON-012: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.login_backdoor import DETECTOR
from periderm.engines.content.judging import program

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (
        program(b"pam_sm_authenticate\x00pam_get_item\x00/var/tmp/.pw\x00%s:%s\n\x00user=%s pass=%s\n\x00"),
        "another place",
        True,
    ),
    (
        program(b"pam_sm_authenticate\x00pam_get_authtok\x00/etc/.pwdXXXXXX\x00user %s pass %s\x00"),
        "how pam_unix changes passwords",
        False,
    ),
    (program(b"\x00OpenSSH_9.2p1\x00SSH_ASKPASS\x00/tmp/ssh-XXXXXXXXXXXX\x00%s: password %s\x00"), "the client of SSH", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
