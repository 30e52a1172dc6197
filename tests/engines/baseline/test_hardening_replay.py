"""The past of a workload under its hardening."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.baseline.hardening import harden
from periderm.engines.baseline.hardening_replay import MOST_REFUSED, Replay
from periderm.engines.runtime.scene import SHOP
from periderm.formats.hardening.seccomp import allowed
from periderm.model.event import EventBatch, EventFlag, EventKind, Origin
from periderm.model.hardening import Hardening, Measure, Proof
from tests.hardened import NGINX, baseline, batch, inventory

SHOPS = harden(baseline(), inventory(), (SHOP,))
NORMAL = batch(
    {"kind": EventKind.EXEC, "text": NGINX, "count": 7},
    {"kind": EventKind.OPEN, "text": "/var/log/nginx/access.log", "arg0": 0o2001},
    {"kind": EventKind.OPEN, "text": "/var/lib/nginx/body/00001", "arg0": 0o302},
    {"kind": EventKind.OPEN, "text": "/etc/passwd", "arg0": 0},
    {"kind": EventKind.OPEN, "text": "/dev/null", "arg0": 2},
    {"kind": EventKind.MKDIR, "text": "/var/lib/nginx/proxy"},
    {"kind": EventKind.CONNECT, "text": "10.0.0.7", "port": 5432, "family": 2, "ret": -115},
    {"kind": EventKind.CONNECT, "text": "127.0.0.1", "port": 9000, "family": 2},
    {"kind": EventKind.ACCEPT, "text": "10.0.0.9", "port": 80, "family": 2},
    {"kind": EventKind.SETUID, "arg0": 33},
    {"kind": EventKind.SETGID, "arg0": 33},
    {"kind": EventKind.SYSCALL_USED, "arg0": 257},  # openat
    {"kind": EventKind.CAPABILITY_USED, "arg0": 10},  # CAP_NET_BIND_SERVICE
    {"kind": EventKind.SOCKET, "arg0": 2, "arg1": 1},
)


def proof(*batches: EventBatch, hardening: Hardening = SHOPS) -> Proof:
    """Of batches."""
    replay = Replay(hardening, allowed(hardening), (SHOP.id,))
    for each in batches:
        replay.feed(each)
    return replay.proof(0, 1000)


def test_its_own_past_is_let_through() -> None:
    """Nothing that the baseline knows is refused, and every happening is counted."""
    found = proof(NORMAL)
    assert found.refused == ()
    assert (found.events, found.containers, found.hurt) == (20, 1, 0)


@pytest.mark.parametrize(
    ("row", "measure", "what"),
    [
        ({"kind": EventKind.EXEC, "text": "/bin/sh"}, Measure.PROGRAMS, "/bin/sh"),
        ({"kind": EventKind.EXEC, "text": NGINX, "flags": EventFlag.SETUID_FILE}, Measure.NO_NEW_PRIVILEGES, NGINX),
        ({"kind": EventKind.OPEN, "text": "/etc/cron.d/x", "arg0": 0o101}, Measure.READ_ONLY, "/etc/cron.d/x"),
        ({"kind": EventKind.UNLINK, "text": "/usr/bin/id"}, Measure.READ_ONLY, "/usr/bin/id"),
        ({"kind": EventKind.CONNECT, "text": "203.0.113.9", "port": 443, "family": 2}, Measure.NETWORK, "203.0.113.9 443"),
        ({"kind": EventKind.CONNECT, "text": "10.0.0.1", "port": 53, "family": 2}, Measure.NETWORK, "dns"),
        ({"kind": EventKind.ACCEPT, "text": "10.0.0.9", "port": 4444, "family": 2}, Measure.NETWORK, "port 4444"),
        ({"kind": EventKind.PTRACE}, Measure.SYSTEM_CALLS, "ptrace"),
        ({"kind": EventKind.UNSHARE, "arg0": 0x10000000}, Measure.SYSTEM_CALLS, "unshare"),
        ({"kind": EventKind.SOCKET, "arg0": 38, "arg1": 5}, Measure.SYSTEM_CALLS, "socket(38)"),
        ({"kind": EventKind.SYSCALL_USED, "arg0": 101}, Measure.SYSTEM_CALLS, "ptrace"),
        ({"kind": EventKind.SYSCALL_USED, "arg0": 3, "origin": Origin.COMPAT32}, Measure.SYSTEM_CALLS, "32-bit"),
        ({"kind": EventKind.CAPABILITY_USED, "arg0": 21}, Measure.CAPABILITIES, "CAP_SYS_ADMIN"),
        ({"kind": EventKind.CHROOT, "text": "/jail"}, Measure.CAPABILITIES, "CAP_SYS_CHROOT"),
    ],
)
def test_what_it_never_did_is_refused(row: dict[str, object], measure: Measure, what: str) -> None:
    """By the measure that is meant for it, told with what it was."""
    found = proof(batch(row, row))
    assert (measure, what, 2) in {(r.measure, r.what, r.count) for r in found.refused}
    assert found.hurt >= 2


def test_a_program_as_root_is_refused_where_a_user_is_set() -> None:
    """And only there."""
    row = batch({"kind": EventKind.EXEC, "text": NGINX})
    assert proof(row).hurt == 0
    assert [r.measure for r in proof(row, hardening=msgspec.structs.replace(SHOPS, user="101")).refused] == [Measure.USER]


def test_sessions_are_told_apart_and_failures_count_for_nothing() -> None:
    """An operator's shell is not the workload's; what the kernel refused anyway, or the runtime did, hurts nobody."""
    found = proof(
        batch(
            {"kind": EventKind.EXEC, "text": "/bin/bash", "flags": EventFlag.EXEC_SESSION},
            {"kind": EventKind.OPEN, "text": "/etc/x", "arg0": 1, "ret": -13},
            {"kind": EventKind.OPEN, "text": "/etc/x", "arg0": 1, "flags": EventFlag.FAILED},
            {"kind": EventKind.CAPABILITY_USED, "arg0": 21, "comm": "runc:[2:INIT]"},
        )
    )
    assert found.hurt == 0
    assert [(r.session, r.what) for r in found.refused] == [(True, "/bin/bash")]


def test_others_count_for_nothing() -> None:
    """Only rows of the workload's containers are looked at."""
    other = msgspec.structs.replace(SHOP, id="ast-other")
    assert proof(batch({"kind": EventKind.EXEC, "text": "/bin/sh"}, on=other)).events == 0


def test_measures_that_are_not_proposed_refuse_nothing() -> None:
    """Without watched system calls no system call is refused, and so on."""
    bare = msgspec.structs.replace(SHOPS, system_calls=None, capabilities=None, watched_network=False, no_new_privileges=False)
    rows = batch(
        {"kind": EventKind.PTRACE},
        {"kind": EventKind.CAPABILITY_USED, "arg0": 21},
        {"kind": EventKind.CONNECT, "text": "203.0.113.9", "port": 443, "family": 2},
    )
    assert proof(rows, hardening=bare).refused == ()


def test_the_order_and_the_cut_of_batches_do_not_matter() -> None:
    """The same rows in two batches, in either order, give the same."""
    one = batch({"kind": EventKind.EXEC, "text": "/bin/sh"})
    assert proof(one, NORMAL) == proof(NORMAL, one)


def test_too_many_different_ones_are_told_as_not_whole() -> None:
    """Memory is bounded, and what is left out is said."""
    rows = [{"kind": EventKind.EXEC, "text": f"/bin/x{n}"} for n in range(MOST_REFUSED + 1)]
    found = proof(batch(*rows))
    assert len(found.refused) == MOST_REFUSED
    assert not found.whole
