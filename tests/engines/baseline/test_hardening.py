"""How narrowly a workload could be run."""

from __future__ import annotations

import msgspec

from periderm.engines.baseline.hardening import harden
from periderm.engines.runtime.scene import SHOP
from periderm.model.baseline import Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.hardening import Measure, Writable
from periderm.model.image import ExecutableFile
from tests.hardened import CALLS, NGINX, baseline, inventory


def test_the_shop_is_held_by_what_it_did() -> None:
    """Calls, capabilities (also those that a change of user takes), folders, programs and peers come from the baseline."""
    found = harden(baseline(), inventory(), (SHOP,))
    assert found.system_calls == tuple(sorted(CALLS))
    assert found.capabilities == ("CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID")
    assert found.read_only
    assert found.writable == (
        Writable("/run", False),
        Writable("/var/lib/nginx", True),
        Writable("/var/log/nginx", True),
    )
    assert found.programs == (NGINX,)
    assert found.no_new_privileges
    assert found.user is None  # it starts as root
    assert found.replicas == 2
    assert not found.namespaces


def test_what_nobody_watched_is_not_taken_away() -> None:
    """Without watched system calls and capabilities there is a note and no measure: a profile of nothing stops it."""
    found = harden(baseline(without=(Aspect.SYSCALL, Aspect.CAPABILITY)), inventory(), (SHOP,))
    assert found.system_calls is None
    assert found.capabilities is None
    assert {Measure.SYSTEM_CALLS, Measure.CAPABILITIES} <= {note.measure for note in found.notes}


def test_what_the_runtime_does_at_a_start_is_not_the_workloads() -> None:
    """It happens before the measures hold."""
    told = baseline()
    start = Entry(Behaviour(Aspect.CAPABILITY, "/proc/self/fd/6", "CAP_SYS_ADMIN"), Evidence(sources=(Source.RUNTIME,)))
    told = msgspec.structs.replace(told, entries=(*told.entries, start))
    assert "CAP_SYS_ADMIN" not in (harden(told, inventory(), ()).capabilities or ())


def test_one_user_other_than_root_is_kept() -> None:
    """Where root is among the users there is a reason instead."""
    told = baseline(without=(Aspect.USER, Aspect.BECOME))
    assert harden(told, inventory(), ()).user is None  # nobody looked
    own = Entry(Behaviour(Aspect.USER, NGINX, "101"), told.entries[0].evidence)
    assert harden(msgspec.structs.replace(told, entries=(*told.entries, own)), inventory(), ()).user == "101"


def test_a_set_user_id_program_that_runs_forbids_no_new_privileges() -> None:
    """It would not get its user any more; one that never ran does not count."""
    sudo = ExecutableFile("usr/bin/sudo", 1, 0o4755, "", "sudo", "")
    assert harden(baseline(), inventory(sudo), ()).no_new_privileges
    assert not harden(baseline(Behaviour(Aspect.PROGRAM, "/usr/bin/sudo")), inventory(sudo), ()).no_new_privileges


def test_calls_of_the_32_bit_table_ask_for_it() -> None:
    """The profile then allows both tables; other families of sockets are allowed where they were seen."""
    found = harden(
        baseline(Behaviour(Aspect.SYSCALL, "", "getpid (32)"), Behaviour(Aspect.SOCKET, NGINX, "packet/raw")), inventory(), ()
    )
    assert found.compat
    assert "getpid" in (found.system_calls or ())
    assert found.families == (1, 2, 10, 16, 17)
