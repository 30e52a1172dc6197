"""A process goes before others, if it may and nobody chose otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from periderm.adapters.first_linux import AUTOGROUP, FIRST

ASK = "from periderm.adapters.first_linux import go_first; import os; print(go_first(), os.getpriority(os.PRIO_PROCESS, 0))"


def ordinary() -> None:
    """Even where these tests were told to give way."""
    os.setpriority(os.PRIO_PROCESS, 0, 0)


def answers(
    *before: str, prepare: Callable[[], None] | None = None, ask: str = ASK, start_new_session: bool = False
) -> list[str]:
    """What a process of its own says, run by `before`."""
    command = [*before, sys.executable, "-c", ask]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=start_new_session,
        preexec_fn=prepare,
    )
    return done.stdout.split()


@pytest.mark.root
def test_it_goes_first() -> None:
    """As root it may."""
    assert answers(prepare=ordinary) == ["True", str(FIRST)]


@pytest.mark.root
def test_without_the_right_it_goes_on_as_it_is() -> None:
    """What the kernel refuses is no error."""
    without = ("setpriv", "--inh-caps=-sys_nice", "--bounding-set=-sys_nice", "--")
    assert answers(*without, prepare=ordinary) == ["False", "0"]


def test_what_somebody_chose_is_kept() -> None:
    """Whoever starts it at another priority means it."""
    moved, priority = answers("nice", "-n", "7")
    assert moved == "False"
    assert int(priority) > 0


WITHIN = f"""
import subprocess, sys
def told():
    return open("/proc/self/autogroup").read().split()[-1]
before = told()
subprocess.run([sys.executable, "-c", {ASK!r}], check=True)
print(before, told())
"""


@pytest.mark.root
@pytest.mark.skipif(not AUTOGROUP.exists(), reason="the kernel does not group processes by session")
def test_its_session_goes_first_if_it_is_its_own() -> None:
    """Else it would go first only among its own."""
    ask = f"{ASK}; print(open('/proc/self/autogroup').read().split()[-1])"
    assert answers(prepare=ordinary, ask=ask, start_new_session=True)[-1] == str(FIRST)


@pytest.mark.root
@pytest.mark.skipif(not AUTOGROUP.exists(), reason="the kernel does not group processes by session")
def test_a_session_of_others_is_not_touched() -> None:
    """Whoever started it in their session is not moved with it. The session is one made here: a process that stems from
    the first one of a machine belongs to no group, and its file is empty."""
    moved, priority, before, after = answers(prepare=ordinary, ask=WITHIN, start_new_session=True)
    assert (moved, priority) == ("True", str(FIRST))
    assert before == after == "0"
