"""Php fpm's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import php_fpm

TEXT = """[www]
user = www-data
listen = /run/php/php8.2-fpm.sock
;listen = 9
slowlog = /var/log/slow.log
php_value[session.save_path] = /var/lib/php/sessions
"""


def test_what_the_settings_promise() -> None:
    """A pool: whose rights, where it listens, what it keeps."""
    found = [(note.what, note.values["value"]) for note in php_fpm.read(TEXT.encode(), "etc/php/8.2/fpm/pool.d/www.conf")]
    for fact in [
        ("become", "user www-data"),
        ("listen", "unix /run/php/php8.2-fpm.sock"),
        ("write", "/var/log/slow.log"),
        ("write", "/var/lib/php/sessions/sess_*"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"tcp/9"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = php_fpm.read(TEXT.encode(), "etc/php/8.2/fpm/pool.d/www.conf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in php_fpm.read(data, "etc/php/8.2/fpm/pool.d/www.conf"))
