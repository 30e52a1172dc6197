"""System files that are not what their package brought."""

from __future__ import annotations

import hashlib

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import changed_file
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/lib/dpkg/info/a.md5sums", b"0" * 32 + b"  bin/a\n", 0o644),
                    GivenFile("usr/bin/a", b"#!/bin/sh", 0o755),
                ),
            )
        ),
        ["HIGH"],
        "listed by its old path",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/lib/dpkg/status.d/a.md5sums", b"0" * 32 + b"  usr/bin/a\n", 0o644),
                    GivenFile("usr/bin/a", b"#!/bin/sh", 0o755),
                ),
            )
        ),
        ["HIGH"],
        "a distroless image",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/lib/dpkg/info/a.md5sums", b"0" * 32 + b"  usr/share/a\n", 0o644),
                    GivenFile("usr/share/a", b"x", 0o644),
                ),
            )
        ),
        [],
        "no program",
    ),
    (
        GivenImage(layers=((GivenFile("var/lib/dpkg/info/a.md5sums", b"0" * 32 + b"  usr/bin/gone\n", 0o644),),)),
        [],
        "a file that is gone",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/lib/dpkg/info/a.md5sums", b"0" * 32 + b"  lib/systemd/system/a.service\n"),
                    GivenFile("usr/lib/systemd/system/a.service", b"[Service]\n"),
                ),
            )
        ),
        ["MEDIUM"],
        "a service's unit",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/lib/dpkg/status", b"Package: a\nConffiles:\n /etc/init.d/a " + b"0" * 32 + b"\n"),
                    GivenFile("etc/init.d/a", b"#!/bin/sh\n", 0o755),
                ),
            )
        ),
        ["LOW"],
        "a start script, which may be changed on purpose",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("lib/apk/db/installed", b"P:a\nF:bin\nR:a\nZ:Q2zzzz\n\n", 0o644),
                    GivenFile("bin/a", b"#!", 0o755),
                ),
            )
        ),
        [],
        "a sum of another kind",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(changed_file.DETECTOR, given)] == severities


def test_a_later_package_counts() -> None:
    """A later layer brings the package anew, with its list."""
    data = b"#!/bin/sh\n"
    listed = hashlib.md5(data, usedforsecurity=False).hexdigest().encode() + b"  usr/bin/a\n"
    name = "var/lib/dpkg/info/a.md5sums"
    first = (GivenFile(name, b"0" * 32 + b"  usr/bin/a\n"), GivenFile("usr/bin/a", b"#!old", 0o755))
    assert (
        run_example(
            changed_file.DETECTOR, GivenImage(layers=(first, (GivenFile(name, listed), GivenFile("usr/bin/a", data, 0o755))))
        )
        == []
    )
