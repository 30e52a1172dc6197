"""Supervisor's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import supervisor

TEXT = """[program:web]
command=/usr/sbin/nginx -g "daemon off;"
user=app
stdout_logfile=/dev/stdout
[unix_http_server]
file=/run/supervisor.sock
"""


def test_what_the_settings_promise() -> None:
    """The programs that it starts."""
    found = [(note.what, note.values["value"]) for note in supervisor.read(TEXT.encode(), "etc/supervisor/conf.d/app.conf")]
    for fact in [
        ("starts", "/usr/sbin/nginx"),
        ("become", "user app"),
        ("write", "/dev/stdout"),
        ("listen", "unix /run/supervisor.sock"),
    ]:
        assert fact in found


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = supervisor.read(TEXT.encode(), "etc/supervisor/conf.d/app.conf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in supervisor.read(data, "etc/supervisor/conf.d/app.conf"))
