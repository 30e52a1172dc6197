"""Mysql's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import mysql

TEXT = """[client]
port = 9
[mysqld]
port = 3306
user = mysql
datadir = /var/lib/mysql
log_error = /var/log/mysql/error.log
"""


def test_what_the_settings_promise() -> None:
    """A client's port is no port of the server."""
    found = [(note.what, note.values["value"]) for note in mysql.read(TEXT.encode(), "etc/mysql/my.cnf")]
    for fact in [
        ("listen", "tcp/3306"),
        ("become", "user mysql"),
        ("write", "/var/lib/mysql/**"),
        ("write", "/var/log/mysql/error.log"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"tcp/9"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = mysql.read(TEXT.encode(), "etc/mysql/my.cnf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in mysql.read(data, "etc/mysql/my.cnf"))
