"""Packages in images."""

from __future__ import annotations

import pytest

from tests.engines.config.files import hits, judged, lines

GOOD = (
    "FROM a:1\n"
    "RUN apt-get update && apt-get install -y --no-install-recommends curl=1 \\\n && rm -rf /var/lib/apt/lists/*\nUSER 1\n"
)


def test_a_careful_step_is_quiet() -> None:
    """Nothing about packages is said of it."""
    assert {one for one, _ in hits(GOOD)} & {f"CFG-{n:03}" for n in range(12, 19)} == set()


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("apt-get update", {"CFG-012", "CFG-015"}),
        ("apt-get update && ./install.sh", {"CFG-015"}),
        ("apt update && apt install -y x=1", {"CFG-014", "CFG-015"}),
        ("apk add curl", {"CFG-013", "CFG-015"}),
        ("apk add --no-cache curl=1", set()),
        ("dnf -y upgrade && dnf clean all", {"CFG-016"}),
        ("dnf install -y x", {"CFG-015"}),
        ("yum install -y --nogpgcheck x && yum clean all", {"CFG-017"}),
        ("apt-get install --no-install-recommends -y --force-yes x=1", {"CFG-017"}),
        ("apk add --no-cache --allow-untrusted ./x.apk", {"CFG-017"}),
        ("apk add --no-cache dropbear=1", {"CFG-018"}),
        ("apt-get -y dist-upgrade", {"CFG-016"}),
        ("pip install apt-get", set()),
    ],
)
def test_commands(command: str, found: set[str]) -> None:
    """Each kind of carelessness by itself."""
    said = {one for one, _ in hits(f"FROM a:1\nRUN {command}\nUSER 1\n")}
    assert said & {f"CFG-{n:03}" for n in range(12, 19)} == found


def test_names_and_lines() -> None:
    """What has no version is named, at the line of the command."""
    (one,) = judged("FROM a:1\nRUN true && \\\n  apt-get install -y -t stable a b=1 c\n", only="CFG-013")
    assert one.line == 3
    assert one.message.en.startswith("a, c:")


def test_what_is_thrown_away_is_left_alone() -> None:
    """A stage that only builds may keep its lists."""
    assert lines("FROM a:1 AS b\nRUN apt-get update && apt-get install -y x=1\nFROM c:1\n", "CFG-015") == []
