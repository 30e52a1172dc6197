"""Passwords in shadow files."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import password_hash
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(password_hash.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (
            "etc/shadow",
            b"root:$6$tq9Zk2$" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi" + b":19000:0:99999:7:::",
        ),
        ("etc/shadow-", b"www:$y$j9T$" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi" + b":19000::::::"),
    ],
)
def test_found_and_masked(path: str, data: bytes) -> None:
    """Each kind is found once, and the evidence does not hold it."""
    (evidence,) = found(path, b"first line\n" + data + b"\n")
    assert evidence.startswith("line 2:")
    secret = max(data.replace(b'"', b" ").replace(b"'", b" ").split(), key=len).decode()
    assert secret[-12:] not in evidence


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("etc/shadow", b"root:*:19000:0:99999:7:::\nx:!:1::::::\ny:!!:1::::::\nz::1::::::\n"),
        (
            "srv/list",
            b"root:$6$tq9Zk2$" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi" + b":19000:0:99999:7:::",
        ),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
