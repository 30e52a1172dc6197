"""How a process came to run, and for which workload it works."""

from __future__ import annotations

from periderm.engines.baseline.actor import JOB, TASK, Actor
from periderm.engines.baseline.actors import ActorTable
from periderm.model.asset import Container, Node
from periderm.model.event import EventFlag
from periderm.model.identity import workload_id
from tests.behaving import HOST, NGINX, SH, SHOP


def run(
    table: ActorTable, key: int, parent: int, exe: str, *, on: Container | Node = SHOP, flags: int = 0, pid: int = 0
) -> Actor:
    """A program starts."""
    return table.start(
        key, parent=parent, pid=pid or 1000 + key, uid=0, subject=on, time=key, exe=exe, argv=(exe,), flags=flags
    )


def test_the_first_program_of_a_container_comes_from_the_runtime_and_its_children_from_it() -> None:
    """Parent and chain are told by programs."""
    table = ActorTable()
    first = run(table, 1, 900, NGINX)
    child = run(table, 2, 1, SH)
    grandchild = run(table, 3, 2, "/usr/bin/id")
    assert (first.how, first.above, first.chain) == ("entrypoint", "runtime", "")
    assert (child.how, child.above, child.chain) == ("entrypoint", NGINX, f"runtime > {NGINX}")
    assert grandchild.chain == f"{NGINX} > {SH}"
    assert {first.workload, child.workload, grandchild.workload} == {SHOP.workload_id}
    assert [actor.key for actor in table.lineage(grandchild)] == [3, 2, 1]


def test_what_is_brought_in_is_a_session_with_all_below_it() -> None:
    """By the kernel's flag; it is never believed."""
    table = ActorTable()
    run(table, 1, 900, NGINX)
    session = run(table, 5, 901, SH, flags=int(EventFlag.EXEC_SESSION))
    below = table.fork(6, 5, pid=1006, uid=0, subject=SHOP, time=7, exe=SH)
    assert (session.how, session.distrust, below.distrust) == ("exec", "session", "session")


def test_a_service_of_the_host_is_the_topmost_program_below_init() -> None:
    """Its children work for it; a login is nobody's workload."""
    table = ActorTable()
    run(table, 1, 0, "/usr/lib/systemd/systemd", on=HOST, pid=1)
    cron = run(table, 2, 1, "/usr/sbin/cron", on=HOST)
    job = run(table, 3, 2, SH, on=HOST)
    run(table, 4, 1, "/usr/sbin/sshd", on=HOST)
    login = run(table, 5, 4, "/usr/bin/bash", on=HOST)
    assert cron.workload == job.workload == workload_id("service", "", "/usr/sbin/cron")
    assert cron.above == "init"
    assert (login.how, bool(login.distrust)) == ("login", True)


def test_ad_hoc_work_on_the_host_is_nobodys_workload() -> None:
    """Shells without a script of the system's and wrappers, with all below them; a service's script is a service."""
    table = ActorTable()
    run(table, 1, 0, "/usr/lib/systemd/systemd", on=HOST, pid=1)
    shell = table.start(
        2, parent=1, pid=1002, uid=0, subject=HOST, time=2, exe="/usr/bin/bash", argv=("bash", "/tmp/x.sh"), flags=0
    )
    below = run(table, 3, 2, "/usr/bin/curl", on=HOST)
    wrapped = run(table, 4, 1, "/usr/bin/timeout", on=HOST)
    service = table.start(
        5, parent=1, pid=1005, uid=0, subject=HOST, time=5, exe="/usr/bin/bash", argv=("bash", "/usr/lib/app/run.sh"), flags=0
    )
    assert [each.workload for each in (shell, below, wrapped)] == ["", "", ""]
    assert shell.how == below.how == wrapped.how == TASK
    assert service.workload == workload_id("service", "", "/usr/bin/bash /usr/lib/app/run.sh")


def test_who_lost_its_parent_works_for_whom_it_did() -> None:
    """Whatever a service forks twice is still the service's; whatever a login leaves behind is still the login's."""
    table = ActorTable()
    run(table, 1, 0, "/usr/lib/systemd/systemd", on=HOST, pid=1)
    nginx = run(table, 2, 1, NGINX, on=HOST)
    table.fork(3, 2, pid=1003, uid=0, subject=HOST, time=3, exe=NGINX)
    orphan = run(table, 3, 1, "/usr/bin/curl", on=HOST)
    assert orphan.workload == nginx.workload
    run(table, 4, 1, "/usr/sbin/sshd", on=HOST)
    run(table, 5, 4, SH, on=HOST)
    table.fork(6, 5, pid=1006, uid=0, subject=HOST, time=6, exe=SH)
    left = run(table, 6, 1, "/usr/bin/python3", on=HOST)
    assert (left.how, left.distrust) == ("login", "session")


def test_what_runs_anything_for_others_has_jobs() -> None:
    """Below cron, a runner, a package manager: the same workload, and all below them are jobs too."""
    table = ActorTable()
    run(table, 1, 0, "/usr/lib/systemd/systemd", on=HOST, pid=1)
    cron = run(table, 2, 1, "/usr/sbin/cron", on=HOST)
    job = run(table, 3, 2, SH, on=HOST)
    below = run(table, 4, 3, "/usr/bin/gcc", on=HOST)
    assert [each.how for each in (cron, job, below)] == ["host", JOB, JOB]
    assert cron.workload == job.workload == below.workload


def test_the_runtime_on_its_way_in_works_for_nobody() -> None:
    """Until the container's own program runs in the same process."""
    table = ActorTable()
    run(table, 1, 0, "/usr/bin/runc", on=HOST)
    step = table.fork(2, 1, pid=SHOP.pid, uid=0, subject=SHOP, time=1, exe="/usr/bin/runc")
    assert step.workload == ""
    assert run(table, 2, 1, NGINX, pid=SHOP.pid).workload == SHOP.workload_id
