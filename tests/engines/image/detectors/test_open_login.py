"""Logins that are let pass."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import open_login
from periderm.engines.image.facts import GivenFile, GivenImage

PATH, PROGRAM = "etc/pam.d/kiosk-autologin", "usr/bin/unlock"


@pytest.mark.parametrize(
    ("text", "severity", "owned"),
    [
        (b"auth sufficient pam_permit.so\n", "HIGH", "HIGH"),  # no package brings that
        (b"auth required pam_permit.so\n", "HIGH", "LOW"),  # a screen's automatic login
        (b"auth optional pam_exec.so expose_authtok /usr/bin/unlock\n", "HIGH", "LOW"),
        (b"auth optional pam_exec.so expose_authtok /opt/unlock\n", "HIGH", "HIGH"),
        (b"auth required /dev/shm/pam_unix.so\n", "HIGH", "HIGH"),
    ],
)
def test_what_packages_bring_is_milder(text: bytes, severity: str, owned: str) -> None:
    """The same line counts less where a package's own file or program has it."""
    files = (GivenFile(PATH, b"\n" + text), GivenFile(PROGRAM, b"\x7fELF", 0o755))
    for owners, expected in (((), severity), (((PATH, "kiosk"), (PROGRAM, "unlock")), owned)):
        (found,) = run_example(open_login.DETECTOR, GivenImage(layers=(files,), owners=owners))
        assert (found.severity.name, found.location, found.line) == (expected, PATH, 2)
