"""Haproxy's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import haproxy

TEXT = """global
    user haproxy
    stats socket /run/haproxy/admin.sock mode 660
frontend web
    bind *:8080
backend app
    server one 10.0.0.7:3000 check
"""


def test_what_the_settings_promise() -> None:
    """Frontends, servers and the control socket."""
    found = [(note.what, note.values["value"]) for note in haproxy.read(TEXT.encode(), "etc/haproxy/haproxy.cfg")]
    for fact in [
        ("become", "user haproxy"),
        ("listen", "unix /run/haproxy/admin.sock"),
        ("listen", "tcp/8080"),
        ("connect", "tcp/3000 10.0.0.7"),
    ]:
        assert fact in found


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = haproxy.read(TEXT.encode(), "etc/haproxy/haproxy.cfg")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in haproxy.read(data, "etc/haproxy/haproxy.cfg"))
