"""Apache's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import apache

TEXT = """User ${APACHE_RUN_USER}
PidFile ${APACHE_PID_FILE}
Listen 80
DocumentRoot /var/www/html
CustomLog ${APACHE_LOG_DIR}/access.log combined
ErrorLog "|/usr/bin/rotatelogs /var/log/e 86400"
LoadModule php_module /usr/lib/apache2/modules/libphp.so
ProxyPass /app http://10.0.0.9:8080/
Header set X ${OTHER}
"""


def test_what_the_settings_promise() -> None:
    """Variables with the values that Debian gives them, and logs that are programs."""
    found = [(note.what, note.values["value"]) for note in apache.read(TEXT.encode(), "etc/apache2/apache2.conf")]
    for fact in [
        ("become", "user www-data"),
        ("write", "/var/run/apache2/apache2.pid"),
        ("listen", "tcp/80"),
        ("read", "/var/www/html/**"),
        ("write", "/var/log/apache2/access.log"),
        ("starts", "/usr/bin/rotatelogs"),
        ("execute", "/usr/lib/apache2/modules/libphp.so"),
        ("connect", "tcp/8080 10.0.0.9"),
    ]:
        assert fact in found


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = apache.read(TEXT.encode(), "etc/apache2/apache2.conf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in apache.read(data, "etc/apache2/apache2.conf"))
