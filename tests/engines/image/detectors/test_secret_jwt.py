"""JSON web tokens."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_jwt
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_jwt.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (
            "a",
            b"Bearer "
            + b".".join(
                (
                    b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
                    b"eyJzdWIiOiJkZXBsb3kiLCJhZG0iOnRydWV9",
                    b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:43],
                )
            ),
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
        (
            "a",
            b".".join(
                (
                    b"eyJub3RhbGdvcml0aG0iOjF9",
                    b"eyJzdWIiOiJkZXBsb3kiLCJhZG0iOnRydWV9",
                    b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:43],
                )
            ),
        ),
        ("a", b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0"),
        (
            "a",
            b".".join(
                (
                    b"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0",
                    b"eyJzdWIiOiJkZXBsb3kiLCJhZG0iOnRydWV9",
                    b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:43],
                )
            ),
        ),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
