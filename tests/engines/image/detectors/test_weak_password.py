"""Passwords that anybody guesses."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import weak_password
from periderm.engines.image.facts import GivenFile, GivenImage

crypt = pytest.importorskip("_crypt", reason="this Python computes no hashes").crypt


def line(name: str, word: str) -> bytes:
    """A line of a shadow file."""
    return f"{name}:{crypt(word, '$1$abcdefgh')}:19000::::::\n".encode()


CASES = [
    (GivenImage(layers=((GivenFile("etc/shadow", line("root", "root"), 0o644),),)), ["CRITICAL"], "the name itself"),
    (GivenImage(layers=((GivenFile("etc/shadow", line("app", "changeme"), 0o644),),)), ["HIGH"], "a word of the list"),
    (GivenImage(layers=((GivenFile("etc/shadow", line("app", "k7#Tq-2zLp"), 0o644),),)), [], "a word of nobody"),
    (
        GivenImage(layers=((GivenFile("etc/shadow", b"a:$6$rounds=999999999$x$" + b"a" * 86 + b":1::::::\n", 0o644),),)),
        ["INFORMATIONAL"],
        "a form that costs too much",
    ),
    (
        GivenImage(layers=((GivenFile("etc/shadow", b"a:$y$jZZZ$x$" + b"a" * 43 + b":1::::::\n", 0o644),),)),
        ["INFORMATIONAL"],
        "yescrypt of another cost",
    ),
    (
        GivenImage(layers=((GivenFile("etc/shadow", b"a:!$1$x$yyyyyyyyyyyyyyyyyyyyyy:1::::::\nb\nc:d\n", 0o644),),)),
        [],
        "locked, and damaged lines",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(weak_password.DETECTOR, given)] == severities


def test_the_word_is_told_nowhere() -> None:
    """A finding says that it is weak, and not what it is."""
    (finding,) = run_example(weak_password.DETECTOR, GivenImage(layers=((GivenFile("etc/shadow", line("app", "letmein")),),)))
    assert "letmein" not in repr(finding)
    assert (finding.location, finding.line) == ("etc/shadow", 1)


@pytest.mark.parametrize(
    ("login", "severity"),
    [
        (b"auth required pam_unix.so nullok\n", "CRITICAL"),
        (b"auth required pam_unix.so\n", "LOW"),
        (b"auth include system-auth\n", "HIGH"),
    ],
)
def test_an_empty_password_is_what_pam_makes_of_it(login: bytes, severity: str) -> None:
    """Worst where PAM takes it for root; hardly anything where PAM refuses it; as ever where nothing is known."""
    files = (GivenFile("etc/shadow", b"root::1::::::\n"), GivenFile("etc/pam.d/login", login))
    (found,) = run_example(weak_password.DETECTOR, GivenImage(layers=(files,)))
    assert found.severity.name == severity
