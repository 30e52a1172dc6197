"""Tokens of code forges."""

from __future__ import annotations

import string

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_forge
from periderm.engines.image.facts import GivenFile, GivenImage

BODY = b"q7Rk2mVx9TzLw4BnYc6HsDf8GjPa3E"


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_forge.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a", b"ghp_" + BODY + secret_forge.checksum(BODY)),
        (
            "a",
            b"github_pat_"
            + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:22]
            + b"_"
            + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:59],
        ),
        ("a", b"glpat-" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:20]),
        (
            "a",
            b"ATATT3"
            + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:50]
            + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:50],
        ),
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
        ("a", b"ghp_" + BODY + b"AAAAAA"),
        ("a", b"ghp_" + BODY),
        ("a", b"glpat-xxxxxxxxxxxxxxxxxxxx"),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []


def test_checksum_of_github() -> None:
    """Six base-62 digits of the CRC-32, most significant first, filled up with zeros."""
    assert secret_forge.checksum(b"") == b"000000"
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    value = sum(digits.index(chr(c)) * 62**i for i, c in enumerate(reversed(secret_forge.checksum(b"a"))))
    assert value == 0xE8B7BE43  # CRC-32 of "a", as zlib and gzip have it
