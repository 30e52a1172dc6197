"""What every program may do is nothing that an attacker would want."""

from __future__ import annotations

import pytest

from periderm.algorithms.path_patterns import Patterns
from periderm.engines.baseline.start_always import ALWAYS, ANY
from periderm.model.behaviour import Aspect


def patterns(aspect: Aspect) -> Patterns:
    """The patterns of an aspect."""
    return Patterns(behaviour.value for behaviour in ALWAYS if behaviour.aspect is aspect)


@pytest.mark.parametrize(
    "path", ["/etc/ld.so.cache", "/proc/12/status", "/proc/self/fd/3", "/usr/share/zoneinfo/**", "/dev/null"]
)
def test_what_the_loader_and_the_library_read(path: str) -> None:
    """At each start, by whatever number the container has for the process."""
    assert patterns(Aspect.READ).find(path) is not None


@pytest.mark.parametrize(
    "path",
    [
        "/etc/shadow",
        "/etc/passwd",
        "/proc/1/environ",
        "/proc/1/mem",
        "/proc/kcore",
        "/root/.ssh/id_rsa",
        "/dev/sda",
        "/dev/mem",
    ],
)
def test_what_is_worth_something_is_not_in_it(path: str) -> None:
    """Secrets, memory and disks."""
    assert patterns(Aspect.READ).find(path) is None


def test_only_terminals_and_the_process_itself_are_written() -> None:
    """Nothing that lasts."""
    for path in ("/tmp/x", "/etc/x", "/dev/sda", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/1/mem"):
        assert patterns(Aspect.WRITE).find(path) is None
    assert {behaviour.program for behaviour in ALWAYS} == {ANY}
    assert {behaviour.aspect for behaviour in ALWAYS} == {Aspect.READ, Aspect.WRITE, Aspect.SOCKET}
