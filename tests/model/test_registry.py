"""Nouns of registries."""

from __future__ import annotations

import pytest

from periderm.model.registry import Credentials, ImageReference, Platform, digest_named


@pytest.mark.parametrize(
    ("tag", "digest", "text"),
    [
        ("1", "", "example.test:5000/app:1"),
        ("", "sha256:ab", "example.test:5000/app@sha256:ab"),
        ("1", "sha256:ab", "example.test:5000/app:1@sha256:ab"),
    ],
)
def test_a_reference_reads_as_people_write_it(tag: str, digest: str, text: str) -> None:
    """With its registry always in it."""
    assert str(ImageReference(registry="example.test:5000", repository="app", tag=tag, digest=digest)) == text


def test_a_platform_reads_as_runtimes_write_it() -> None:
    """os/architecture/variant, empty parts left out."""
    assert str(Platform("linux", "arm64", "v8")) == "linux/arm64/v8"
    assert str(Platform("linux", "amd64")) == "linux/amd64"


def test_credentials_do_not_show_their_secret() -> None:
    """Not in a log, a traceback or an error."""
    shown = repr(Credentials("ann", "hunter2-secret", "token-secret"))
    assert "ann" in shown
    assert "secret" not in shown


def test_a_digest_is_read_off_a_name() -> None:
    """Only a whole one behind an @ counts."""
    digest = "sha256:" + "0a" * 32
    assert digest_named(f"host:5000/name:tag@{digest}") == digest
    named = ("host/name:tag", f"name@{digest}0", "name@sha256:" + "G" * 64, "@", digest)
    assert [digest_named(text) for text in named] == [""] * 5
