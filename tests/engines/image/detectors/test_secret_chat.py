"""Tokens of chat services."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_chat
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_chat.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a", b"xoxb-283749182734-918273645012-Qk7vTz2mWx9RbLn4YcHs6DfG"),
        ("a", b"xapp-1-A0B1C2D3E4-283749182734-" + b"9f2c7be1d04a8365c1f0b7a2e94d5863" * 2),
        (
            "a",
            b"https://hooks.slack.com/services/"
            b"T0AB1CD2E/B0FG3HI4J/" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:24],
        ),
        (
            "a",
            b"https://discord.com/api/webhooks/"
            b"123987456012387456/"
            + (
                b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"
                b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"
            )[:68],
        ),
        ("a", b"8123498765:AA" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:33]),
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
        ("a", b"xoxb-your-token-here"),
        ("a", b"https://hooks.slack.com/services/T00/B00/x"),
        ("a", b"12:30:AAAA"),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
