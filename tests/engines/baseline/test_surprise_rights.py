"""A right surprises by how far it reaches; giving rights up surprises nobody."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.cases import NGINX, PHP, SH, case, did, normal, situation_of
from periderm.engines.baseline.surprise import BARS
from periderm.engines.baseline.surprise_rights import act, become, calls, capability, namespace, system_call
from periderm.model.behaviour import Aspect

JUDGES = {
    Aspect.ACT: act,
    Aspect.BECOME: become,
    Aspect.CALLS: calls,
    Aspect.CAPABILITY: capability,
    Aspect.NAMESPACE: namespace,
    Aspect.SYSCALL: system_call,
}


@pytest.mark.parametrize(
    ("aspect", "program", "value", "told"),
    [
        ("act", PHP, "ptrace", True),
        ("act", PHP, "module", True),
        ("act", PHP, "bpf", True),
        ("act", PHP, "process-vm", True),
        ("act", PHP, "credentials user", True),
        ("act", PHP, "memfd", False),
        ("act", SH, "memfd", True),
        ("act", SH, "stdio-socket", True),
        ("act", NGINX, "stdio-socket", False),
        ("act", "/usr/sbin/sshd", "stdio-socket", False),
        ("act", "/usr/bin/node", "exec-memory", False),
        ("act", PHP, "signal php-fpm", False),
        ("act", PHP, "environment LD_PRELOAD=/tmp/x.so", True),
        ("act", PHP, "environment PYTHONPATH=/app", False),
        ("become", PHP, "user 0", True),
        ("become", PHP, "user 1000", False),
        ("become", PHP, "capabilities none", False),
        ("become", PHP, "capabilities all", True),
        ("capability", PHP, "CAP_SYS_MODULE", True),
        ("capability", PHP, "CAP_SETUID", False),
        ("namespace", PHP, "setns net", True),
        ("namespace", PHP, "unshare user", True),
        ("syscall", "", "bpf", True),
        ("syscall", "", "read", False),
        ("syscall", "", "read (32)", True),
        ("calls", PHP, "MEMFD > DUP > EXEC_MEMORY", True),
        ("calls", PHP, "SETUID > SETGID > BIND", False),
    ],
)
def test_told_or_not(aspect: str, program: str, value: str, told: bool) -> None:
    """What reaches beyond the container or into others is told; what servers and runtimes do every day is not."""
    asked = Aspect(aspect)
    judged = JUDGES[asked](situation_of(case(did(aspect, program, value), normal(program, user="33"))))
    assert (judged.score >= BARS[asked]) == told


def test_a_user_that_is_normal_here() -> None:
    """Becoming one that the workload knows surprises less."""
    known, strange = (
        become(situation_of(case(did("become", NGINX, f"user {uid}"), normal(NGINX, user=("0", "33")), user=0))).score
        for uid in (33, 34)
    )
    assert known < strange
