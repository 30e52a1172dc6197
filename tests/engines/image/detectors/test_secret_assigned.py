"""Passwords in configuration files."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_assigned
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(secret_assigned.DETECTOR, image)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("app/.env", b"DB_PASSWORD=t7Kq-92xVb"),
        ("app/.env.prod", b"export API_KEY='9f2c7be1d04a'"),
        ("srv/config.yml", b"  password: 'Zx81.plover!'"),
        ("srv/settings.json", b'  "secret_key": "9f2c7be1d04a",'),
        ("srv/database.php", b"  'password' => 't7Kq-92xVb',"),
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
        ("app/.env", b"DB_PASSWORD=${X}\nTOKEN=\nPASSWORD=short"),
        ("app/.env", b"PASSWORD_FILE=/run/secrets/db_password"),
        ("usr/lib/python3/config.yml", b"password: t7Kq-92xVb"),
        ("app/main.py", b"password = t7Kq-92xVb"),
        ("app/node_modules/x/config.json", b'"token": "9f2c7be1d04a"'),
        ("srv/config.yml", b"password_required: disabled\ntoken: required"),
    ],
)
def test_alike_but_none(path: str, data: bytes) -> None:
    """What only looks alike is quiet."""
    assert found(path, data) == []
