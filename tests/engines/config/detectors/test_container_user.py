"""Rights in images."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import hits, judged, lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM a:1\nUSER 0\n", {"CFG-005"}),
        ("FROM a:1\nUSER 1000\n", set()),
        ("FROM a:1 AS b\nUSER 1000\nFROM b\nUSER root\n", {"CFG-005"}),
        ("FROM a:1\nONBUILD USER root\n", {"CFG-004"}),
        ("FROM $X\n", set()),
        ('FROM scratch\nENTRYPOINT ["/x"]\n', {"CFG-004"}),
        ("FROM a:1\nUSER $APP\n", set()),
    ],
)
def test_who_the_image_runs_as(text: str, found: set[str]) -> None:
    """The last USER of the stages that make the image; what is not known is not judged."""
    assert {one for one, _ in hits(text)} & {"CFG-004", "CFG-005"} == found


def test_a_start_script_that_changes_the_user() -> None:
    """It is told, and no more than that."""
    (one,) = judged('FROM a:1\nRUN apk add --no-cache su-exec=1\nENTRYPOINT ["/e"]\n', only="CFG-004")
    assert one.severity is Severity.INFORMATIONAL


@pytest.mark.parametrize("mode", ["777", "-R 0777", "a+w", "o+w", "ugo+rwx", "666"])
def test_open_modes(mode: str) -> None:
    """Everyone may write."""
    assert lines(f"FROM a:1\nRUN chmod {mode} /app\n", "CFG-007") == [2]


@pytest.mark.parametrize("mode", ["755", "u+w", "g+w", "+x", "1777", "o-w", "a+r", "775"])
def test_other_modes(mode: str) -> None:
    """Not everyone."""
    assert lines(f"FROM a:1\nRUN chmod {mode} /app\n", "CFG-007") == []


@pytest.mark.parametrize(
    ("mode", "fires"),
    [
        ("4755", True),
        ("6755", True),
        ("2755", True),
        ("u+s", True),
        ("g+s", True),
        ("u-s", False),
        ("0755", False),
        ("1777", False),
    ],
)
def test_bits_that_give_rights(mode: str, fires: bool) -> None:
    """Set-uid and set-gid, and not the sticky bit."""
    assert bool(lines(f"FROM a:1\nRUN chmod {mode} /x\n", "CFG-008")) is fires


def test_passwords_are_masked() -> None:
    """A password in a build is told without itself."""
    (one,) = judged("FROM a:1\nRUN echo 'app:Hunter2xy' | chpasswd\n", only="CFG-009")
    assert "Hunter2xy" not in one.evidence
    assert lines('FROM a:1\nRUN useradd -p $(openssl passwd x) a && echo "a:$P" | chpasswd\n', "CFG-009") == []


def test_ports_sudo_and_rules() -> None:
    """By numbers, ranges left alone."""
    text = "FROM a:1\nEXPOSE 22 2375/tcp 8022 23/udp\nRUN sudo make && echo 'a ALL=NOPASSWD:ALL' >> /etc/sudoers\n"
    assert {("CFG-011", 2), ("CFG-006", 3), ("CFG-010", 3)} <= hits(text)
    assert len(judged(text, only="CFG-011")) == 2
