"""Keys of payment and mail services."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_service
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_service.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a", b"sk_live_" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:24]),
        (
            "a",
            b"SG."
            + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:22]
            + b"."
            + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:43],
        ),
        ("a", b"sq0csp-" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:43]),
        ("a", b"shpat_" + b"9f2c7be1d04a8365c1f0b7a2e94d5863"),
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
        ("a", b"sk_test_" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:24]),
        ("a", b"SG.a.b"),
        ("a", b"shpat_token"),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
