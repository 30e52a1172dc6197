"""Tokens of registries."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_registry
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_registry.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a", b"npm_" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:36]),
        ("root/.npmrc", b"//r.example.net/:_authToken=" + b"9f2c7be1d04a8365c1f0b7a2e94d5863"),
        (
            "a",
            (
                b"pypi-AgEIcHlwaS5vcmc"
                b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"
                b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"
            ),
        ),
        ("a", b"rubygems_" + b"9f2c7be1d04a8365c1f0b7a2e94d5863" + b"9f2c7be1d04a8365c1f0b7a2e94d5863"[:16]),
        ("a", b"dckr_pat_" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSw8NqBdXe1CkZt5MyVrUgJh0FpKlAi"[:27]),
        ("root/.docker/config.json", b'{"auth": "ZGVwbG95OnNlY3JldDEyMw=="}'),
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
        ("root/.npmrc", b"//r.example.net/:_authToken=${NPM_TOKEN}"),
        ("other.txt", b"//r.example.net/:_authToken=" + b"9f2c7be1d04a8365c1f0b7a2e94d5863"),
        ("root/.docker/config.json", b'{"auth": "bm90aGluZw=="}'),
        ("root/.docker/config.json", b'{"auth": ""}'),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
