"""Cron's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import cron

TEXT = """SHELL=/bin/sh
17 * * * * root cd / && /usr/local/bin/backup --all
@daily app /usr/bin/report | /usr/bin/mail x
# 1 1 1 1 1 root /no
"""


def test_what_the_settings_promise() -> None:
    """The commands of a table of the system, behind the user."""
    found = [(note.what, note.values["value"]) for note in cron.read(TEXT.encode(), "etc/cron.d/jobs")]
    for fact in [
        ("starts", "/usr/local/bin/backup"),
        ("starts", "/usr/bin/report"),
        ("starts", "/usr/bin/mail"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"/no"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = cron.read(TEXT.encode(), "etc/cron.d/jobs")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in cron.read(data, "etc/cron.d/jobs"))
