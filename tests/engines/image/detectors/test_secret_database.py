"""Addresses with passwords."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_database
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_database.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a", b"postgres://shop:t7Kq-92xVb@db.internal:5432/shop"),
        ("a", b"redis://:t7Kq-92xVb@cache:6379/0"),
        ("a", b"mongodb+srv://app:t7Kq-92xVb@cluster.example.net/x"),
        ("a", b"postgresql+asyncpg://u:t7Kq-92xVb@[::1]/x"),
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
        ("a", b"postgres://shop@db/shop"),
        ("a", b"mysql://user:password@host/db"),
        ("a", b"postgres://u:${PASSWORD}@db"),
        ("a", b"https://u:t7Kq-92xVb@host"),
        ("a", b"amqp://%s:%s@host"),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
