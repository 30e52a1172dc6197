"""Keys of cloud providers."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_cloud
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_cloud.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.txt", b"AKIAQ7ZR2NVW4XKB6TJD"),
        ("a.ini", b"aws_secret_access_key = " + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:40]),
        ("a.js", b"AIza" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:35]),
        ("sa.json", b'"private_key_id": "' + b"9f2c7be1d04a8365c1f0b7a2e94d5863" + b'c0ffee42"'),
        (
            "a.cs",
            b"AccountName=x;AccountKey="
            + (
                b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"
                b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"
            )[:86]
            + b"==",
        ),
        ("a.sh", b"dop_v1_" + b"9f2c7be1d04a8365c1f0b7a2e94d5863" * 2),
        ("a.cn", b"LTAI" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:20]),
        ("a.hcl", b"hvs." + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:30]),
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
        ("a.txt", b"AKIAIOSFODNN7EXAMPLE"),
        ("a.txt", b"AKIAAAAAAAAAAAAAAAAA"),
        ("a.ini", b"aws_secret_access_key = " + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:39]),
        ("x.pem", b"aGVsbG8AKIAQ7ZR2NVW4XKB6TJD"),
        ("a.sh", b"dop_v1_${TOKEN}"),
        ("a.hcl", b"hvs.short"),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
