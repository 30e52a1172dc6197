"""Postgres's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import postgres

TEXT = """data_directory = '/var/lib/postgresql/15/main'		# use data in another directory
port = 5433
unix_socket_directories = '/var/run/postgresql, /tmp/pg'
archive_command = '/usr/local/bin/archive %p'
#port = 1
"""


def test_what_the_settings_promise() -> None:
    """Data, sockets and what it archives with; the folder is written by its parts."""
    found = [
        (note.what, note.values["value"]) for note in postgres.read(TEXT.encode(), "etc/postgresql/15/main/postgresql.conf")
    ]
    for fact in [
        ("read", "/var/lib/postgresql/15/main/**"),
        ("write", "/var/lib/postgresql/15/main/base/**"),
        ("listen", "tcp/5433"),
        ("listen", "unix /var/run/postgresql/.s.PGSQL.*"),
        ("listen", "unix /tmp/pg/.s.PGSQL.*"),
        ("starts", "/usr/local/bin/archive"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"tcp/1"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = postgres.read(TEXT.encode(), "etc/postgresql/15/main/postgresql.conf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in postgres.read(data, "etc/postgresql/15/main/postgresql.conf"))
