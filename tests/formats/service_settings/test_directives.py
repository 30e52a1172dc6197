"""Directives become facts; what is not certain is left out."""

from __future__ import annotations

import pytest

from periderm.formats.service_settings.directives import keyed, listens, notes, path, peer, plain_path, runs, spaced, user


@pytest.mark.parametrize(
    ("word", "fact"),
    [
        ("80", "tcp/80"),
        ("*:8080", "tcp/8080"),
        ("[::]:443", "tcp/443"),
        ("127.0.0.1:9000", "tcp/9000"),
        ("unix:/run/x.sock", "unix /run/x.sock"),
        ("/run/y.sock", "unix /run/y.sock"),
    ],
)
def test_where_it_listens(word: str, fact: str) -> None:
    """Ports and sockets in all spellings."""
    assert list(listens((word,))) == [("listen", fact)]


@pytest.mark.parametrize("word", ["", "0", "99999", "$port", "localhost", "unix:relative"])
def test_what_is_no_place_to_listen(word: str) -> None:
    """Nothing is guessed."""
    assert list(listens((word,))) == []


def test_whom_it_calls() -> None:
    """A name is resolved too, an address is not; a scheme has its port."""
    assert list(peer("http://api.internal/x", 0)) == [("connect", "tcp/80 *"), ("resolve", "api.internal")]
    assert list(peer("10.1.2.3:5432", 0)) == [("connect", "tcp/5432 10.1.2.3")]
    assert list(peer("unix:/run/php.sock:", 0)) == [("connect", "unix /run/php.sock")]
    assert list(peer("http://$backend", 0)) == []
    assert list(peer("[::1]:6379", 0)) == [("connect", "tcp/6379 ::1")]
    assert list(peer("upstream", 0)) == []


def test_paths() -> None:
    """Absolute, without variables, and never a way up."""
    assert plain_path("/var//log/./x/") == "/var/log/x"
    assert [plain_path(w) for w in ("logs/x", "/a/$b", "/a/../b", "syslog:x", "/", "off")] == [""] * 6
    assert list(path("write", "/**")(("/cache",))) == [("write", "/cache/**")]
    assert list(runs(("|/usr/bin/rotatelogs /x 5",))) == [("starts", "/usr/bin/rotatelogs")]


def test_users() -> None:
    """Names and numbers, with a group."""
    assert list(user(("www-data", "web"))) == [("become", "user www-data"), ("become", "group web")]
    assert list(user(("1000:1001",))) == [("become", "user 1000"), ("become", "group 1001")]
    assert list(user(("${USER}",))) == []


def test_lines() -> None:
    """Comments and sections."""
    assert list(spaced("# no\nPort 22 x\n")) == [(2, "port", ["22", "x"])]
    assert list(keyed("[www]\nlisten = '9000' ; why\n;x=1\n")) == [(1, "[]", ["www"]), (2, "listen", ["9000"])]


def test_a_note_says_where() -> None:
    """Its line and the directive as it stands."""
    (note,) = notes([(7, "listen", ["80"])], {"listen": listens})
    assert (note.what, note.line, note.evidence, note.values) == ("listen", 7, "listen 80", {"value": "tcp/80"})
