"""Searching one layer's texts."""

from __future__ import annotations

import pytest

from periderm.engines.image import DETECTORS
from periderm.engines.image.checks import with_crc32
from periderm.engines.image.search import TextSearch, is_shipped, is_theirs, printable
from periderm.model.image import FileType, LayerEntry
from periderm.model.limits import ScanLimits
from periderm.model.severity import Severity
from tests.images import AWS_KEY

PATTERNS = tuple(p for d in DETECTORS for p in d.patterns)


def entry(path: str, size: int = 1) -> LayerEntry:
    """A plain file."""
    return LayerEntry(path, FileType.REGULAR, 0o644, 0, 0, size, 0)


def test_what_is_searched() -> None:
    """Giants are passed over and counted; a binary file is searched for what cannot be there by chance."""
    search = TextSearch(PATTERNS, ScanLimits(secret_file=90), "sha256:1", 1 << 20)
    token = with_crc32(b"ghp_" + b"q7Rk2mVx9TzLw4BnYc6HsDf8GjPa3E" + b"......")
    assert search.begins(entry("a"), b"\x7fELF\0")
    search.text(entry("a"), b"\x7fELF\0" + AWS_KEY + b"\0" + token + b"\0")
    assert not search.begins(entry("b", 91), b"text")
    assert search.begins(entry("c", 90), b"text")
    search.text(entry("c"), AWS_KEY)
    found = search.searched()
    assert (found.binaries, found.large, found.whole) == (1, 1, True)
    assert [(s.pattern, s.line, path) for s, path in found.secrets] == [("github-token", 0, "a"), ("aws-access-key", 1, "c")]


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/doc/openssl/demo.pem",
        "usr/lib/python3.11/test/keycert.pem",
        "usr/lib/python3/dist-packages/Crypto/SelfTest/../tests/key.pem",
        "opt/venv/lib/python3.11/site-packages/tornado/test/test.key",
        "app/node_modules/public-encrypt/test/key.pem",
        "root/go/pkg/mod/golang.org/x/crypto@v0.1.0/ssh/testdata/keys.go",
        "usr/local/lib/python3.12/site-packages/boto/README.md",
        "var/lib/gems/3.1.0/gems/net-ssh-7.0/test/key",
    ],
)
def test_what_a_package_ships_is_graded_low(path: str) -> None:
    """A key among a package's tests was published with it: it is told as that, and passwords there are not told at all."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1 << 20)
    assert is_shipped(path)
    search.begins(entry(path), b"x")
    search.text(entry(path), AWS_KEY + b"\nhttps://ci:t7Kq92xVb4@host/\n")
    ((found, _),) = search.searched().secrets
    assert (found.severity, found.shipped) == (Severity.LOW, True)


@pytest.mark.parametrize("path", ["app/tests/key.pem", "srv/docs/key.pem", "home/ci/examples/key.pem", "root/.ssh/id_rsa"])
def test_what_people_bring_is_not(path: str) -> None:
    """Tests and documents of the image's own application are its maker's."""
    assert not is_shipped(path)


def test_a_secret_is_masked_and_placed() -> None:
    """Line, layer and path are told; the secret is not."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1 << 20)
    search.text(entry("app/.env"), b"\n\n" + AWS_KEY, lines=10)
    ((found, path),) = search.searched().secrets
    assert (found.line, found.layer, path) == (13, "sha256:1", "app/.env")
    assert AWS_KEY.decode() not in repr(found)


def test_what_was_not_confirmed_is_told() -> None:
    """Without room to confirm, a hit is counted, and the facts are not whole."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1)
    search.text(entry("k"), AWS_KEY)
    found = search.searched()
    assert (found.secrets, found.unconfirmed, found.whole) == ((), 1, False)


def test_names_become_printable() -> None:
    """What is not UTF-8 is shown as bytes, so that every encoder takes it."""
    assert printable("caf\udce9") == "caf\\xe9"
    assert printable("日本") == "日本"


def test_programs_of_packages() -> None:
    """In other people's programs a loose kind is passed over, a token that proves itself is not."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1 << 20)
    path = "usr/lib/ruby/3.1.0/uri/generic.rb"
    assert is_theirs(path)
    assert not is_theirs("srv/app/generic.rb")
    search.begins(entry(path), b"x")
    search.text(entry(path), AWS_KEY + b"\nhttps://ci:t7Kq92xVb4@host/\n")
    assert [s.pattern for s, _ in search.searched().secrets] == ["aws-access-key"]


def test_a_secret_is_told_once() -> None:
    """Where a kind says what a value is, that it is assigned to a name is no news."""
    search = TextSearch(PATTERNS, ScanLimits(), "sha256:1", 1 << 20)
    search.begins(entry("app/.env"), b"x")
    search.text(entry("app/.env"), b"API_TOKEN=" + AWS_KEY + b"\nDB_PASSWORD=t7Kq92xVb4\n")
    assert [(s.pattern, s.line) for s, _ in search.searched().secrets] == [("aws-access-key", 1), ("assigned-secret", 2)]
