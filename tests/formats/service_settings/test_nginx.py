"""Nginx's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import nginx

TEXT = """user www-data;
pid /run/nginx.pid; # listen 9;
http { access_log /var/log/nginx/access.log main; proxy_cache_path "/var/cache/nginx" levels=1:2;
  upstream app { server 10.0.0.5:8000; }
  server { listen 80; listen [::]:443 ssl; root /srv/www; location ~ \\.php$ { fastcgi_pass unix:/run/php/php.sock; }
    location /api { proxy_pass http://api:9000/; } include snippets/x.conf; } }
"""


def test_what_the_settings_promise() -> None:
    """The blocks of nginx, in one line or many; comments promise nothing."""
    found = [(note.what, note.values["value"]) for note in nginx.read(TEXT.encode(), "etc/nginx/nginx.conf")]
    for fact in [
        ("become", "user www-data"),
        ("write", "/run/nginx.pid"),
        ("write", "/var/log/nginx/access.log"),
        ("write", "/var/cache/nginx/**"),
        ("connect", "tcp/8000 10.0.0.5"),
        ("listen", "tcp/80"),
        ("listen", "tcp/443"),
        ("read", "/srv/www/**"),
        ("connect", "unix /run/php/php.sock"),
        ("connect", "tcp/9000 *"),
        ("resolve", "api"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"tcp/9"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = nginx.read(TEXT.encode(), "etc/nginx/nginx.conf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in nginx.read(data, "etc/nginx/nginx.conf"))
