"""Container runtimes are told by name, place and where they came from."""

from __future__ import annotations

import pytest

from periderm.algorithms.container_runtime import is_container_runtime

NAMES = {"runc", "crun"}


@pytest.mark.parametrize(
    ("exe", "contained", "came", "told"),
    [
        ("/usr/bin/runc", False, False, True),
        ("/tmp/runc", False, False, False),
        ("/tmp/runc", False, True, True),
        ("/usr/bin/runc", True, False, False),
        ("/usr/bin/runc", True, True, True),
        ("/memfd:runc_cloned:/proc/self/exe", True, True, True),
        ("/memfd:runc_cloned:/proc/self/exe", True, False, False),
        ("/usr/bin/bash", True, True, False),
        ("/usr/bin/bash", False, True, False),
    ],
)
def test_who_is_one(exe: str, contained: bool, came: bool, told: bool) -> None:
    """Its name alone makes nobody a runtime inside a container, nor in a folder where anybody may write."""
    name = exe.rpartition("/")[2] if exe.startswith(("/usr", "/tmp")) else exe.lstrip("/")
    assert is_container_runtime(exe, name, NAMES, contained=contained, came=came) is told
