"""What a process is called, and who is a container runtime."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.programs import is_runtime, program_of
from periderm.model.text import encodable


@pytest.mark.parametrize(
    ("exe", "argv", "script", "name"),
    [
        ("/usr/sbin/nginx", ("nginx", "-g", "x"), "", "/usr/sbin/nginx"),
        ("/usr/bin/dash", ("/bin/sh", "/entry.sh"), "/entry.sh", "/usr/bin/dash /entry.sh"),
        ("/usr/bin/python3.11", ("python3", "/srv/a.py"), "", "/usr/bin/python3.11 /srv/a.py"),
        ("/usr/bin/python3.11", ("python3", "-c", "/x"), "", "/usr/bin/python3.11"),
        ("/usr/bin/cat", ("cat", "/etc/passwd"), "", "/usr/bin/cat"),
        ("/opt/x (deleted)", ("x",), "", "/opt/x"),
        ("/usr/bin/dash", ("sh", "/a/../b.sh"), "", "/usr/bin/dash /b.sh"),
    ],
)
def test_a_script_is_its_interpreter_and_itself(exe: str, argv: tuple[str, ...], script: str, name: str) -> None:
    """By what the kernel found, or by an interpreter's first word; other programs are their path."""
    assert program_of(exe, argv, script) == name


def test_inside_a_container_only_who_came_from_the_host_is_its_runtime() -> None:
    """A program that calls itself runc is none."""
    assert is_runtime("/usr/bin/runc", contained=False, came=False)
    assert not is_runtime("/tmp/runc", contained=False, came=False)
    assert is_runtime("/runc", contained=True, came=True)
    assert not is_runtime("/usr/bin/runc", contained=True, came=False)


def test_bytes_that_are_no_text_are_escaped() -> None:
    """Any encoder takes them."""
    assert encodable("/a\udcff").encode() == b"/a\\udcff"
