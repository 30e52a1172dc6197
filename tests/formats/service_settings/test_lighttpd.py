"""lighttpd's settings are facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import lighttpd

TEXT = """# server.port = 9
var.base = "/srv/shop"
server.modules = ( "mod_alias", "mod_cgi" )
server.document-root = var.base + "/www"
server.port = 80
server.bind = "127.0.0.1"
server.username = "www-data"
server.errorlog = "/var/log/lighttpd/error.log"
accesslog.filename = "|/usr/bin/rotate -d"
server.upload-dirs = ( "/var/cache/uploads" )
mimetype.assign = ( ".html" => "text/html; charset=utf-8", "" => "/etc/mime" )
alias.url = ( "/cgi-bin/" => base + "/cgi-bin/" )
$HTTP["url"] =~ "^/cgi-bin/" { cgi.assign = ( ".pl" => "/usr/bin/perl", ".cgi" => "" ) }
$SERVER["socket"] == "[::]:443" { ssl.pemfile = "/etc/ssl/shop.pem" }
fastcgi.server += ( ".php" => (( "bin-path" => "/usr/bin/php-cgi -q", "socket" => "/run/web/php.sock",
    "bin-environment" => ( "CHILDREN" => "4" ) )),
  "/x" => ( "a" => ( "host" => "10.0.0.1", "port" => 9000 ) ) )
proxy.server = ( "" => (( "host" => "app.internal" )) )
include "conf.d/*.conf"
include_shell "/usr/share/lighttpd/create-mime.conf.pl"
include_shell "cat /etc/lighttpd/more/*.conf"
"""


def told(text: str) -> list[tuple[str, str]]:
    """Words and values."""
    return [(note.what, note.values["value"]) for note in lighttpd.read(text.encode(), "etc/lighttpd/lighttpd.conf")]


def test_what_the_settings_promise() -> None:
    """All kinds of settings, with variables put in; nothing of comments and of settings that are not known."""
    assert told(TEXT) == [
        ("execute", "/usr/lib/lighttpd/mod_alias.so"),
        ("execute", "/usr/lib/lighttpd/mod_cgi.so"),
        ("read", "/srv/shop/www/**"),
        ("listen", "tcp/80"),
        ("become", "user www-data"),
        ("write", "/var/log/lighttpd/error.log"),
        ("starts", "/usr/bin/rotate"),
        ("write", "/var/cache/uploads/lighttpd-upload-*"),
        ("read", "/srv/shop/cgi-bin/**"),
        ("cgi", ".pl /usr/bin/perl"),
        ("cgi", ".cgi "),
        ("listen", "tcp/443"),
        ("read", "/etc/ssl/shop.pem"),
        ("starts", "/usr/bin/php-cgi"),
        ("listen", "unix /run/web/php.sock-*"),
        ("connect", "unix /run/web/php.sock-*"),
        ("connect", "tcp/9000 10.0.0.1"),
        ("connect", "tcp/80 *"),
        ("resolve", "app.internal"),
        ("include", "conf.d/*.conf"),
        ("shell", "/usr/share/lighttpd/create-mime.conf.pl"),
        ("shell", "cat /etc/lighttpd/more/*.conf"),
        ("include", "/etc/lighttpd/more/*.conf"),
    ]


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = lighttpd.read(TEXT.encode(), "")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)
    assert {note.line for note in notes if note.what == "cgi"} == {13}


def test_what_nobody_told_is_not_guessed() -> None:
    """A variable from elsewhere, a list where a text belongs, an ending that is none."""
    assert (
        told('server.document-root = env.HOME + "/x"\ncgi.assign = "/usr/bin/perl"\ncgi.assign = ( "a b" => "/bin/x" )') == []
    )
    assert told('cgi.assign = ( ".x" => "perl" )\nserver.modules = ( "../x" )\nserver.port = 99999') == []


@pytest.mark.parametrize("odd", ["(", '"', "a=(", 'a=("b"=>(', "a=b+", "$SERVER", 'x = "a" + ', "=>"])
def test_odd_text_ends(odd: str) -> None:
    """Never closed brackets and texts: facts or none."""
    assert told(odd * 20_000) == []


@given(st.text(alphabet='aserver.port=(){}"$+,>\n #[]cgiassign', max_size=300) | st.binary(max_size=300).map(repr))
def test_any_text(text: str) -> None:
    """Damage raises nothing."""
    assert all(value for _, value in told(text))
