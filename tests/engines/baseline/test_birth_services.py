"""What well-known services do by themselves."""

from __future__ import annotations

from periderm.engines.baseline.birth_services import by_itself, started
from periderm.engines.baseline.known_services import known
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.start_facts import FactKind, StartFact

FILES = {"/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/bin/psql", "/etc/init.d/postgres", "/usr/bin/dash"}


def test_what_starts_what() -> None:
    """By a shell where it asks one; a wrapper its own name; nothing below /etc."""
    row = known("/usr/lib/postgresql/15/bin/pg_ctl")
    assert row is not None
    found = {
        (path, parent) for path, parent, _ in started("/usr/lib/postgresql/15/bin/pg_ctl", row, FILES, {"sh": "/usr/bin/dash"})
    }
    server = "/usr/lib/postgresql/15/bin/postgres"
    assert found == {
        (server, "/usr/lib/postgresql/15/bin/pg_ctl"),
        ("/usr/bin/dash", "/usr/lib/postgresql/15/bin/pg_ctl"),
        (server, "/usr/bin/dash"),
    }
    wrapper = known("/usr/bin/perl /usr/bin/psql")
    assert wrapper is not None
    several = [path for path, _, _ in started("/usr/bin/perl /usr/bin/psql", wrapper, FILES, {})]
    assert several == ["/usr/lib/postgresql/15/bin/psql"]
    own = known("/usr/lib/postgresql/15/bin/psql")
    assert own is not None
    assert not list(started("/usr/lib/postgresql/15/bin/psql", own, FILES, {}))


def test_a_services_own_files_and_rights() -> None:
    """The image's numbers; its settings say better where it listens."""
    program = "/usr/sbin/nginx"
    found = {behaviour for behaviour, _ in by_itself(program, (), {"www-data": 33})}
    assert Behaviour(Aspect.BECOME, program, "user 33") in found
    assert Behaviour(Aspect.LISTEN, program, "tcp/80") in found
    told = (StartFact(FactKind.LISTEN, program, "tcp/8080", "configuration", "", 90),)
    assert Behaviour(Aspect.LISTEN, program, "tcp/80") not in {behaviour for behaviour, _ in by_itself(program, told, {})}


def test_logins_take_any_persons_rights() -> None:
    """A server of logins becomes people and root, and no account of a service but its own."""
    users = {"root": 0, "daemon": 1, "sshd": 101, "ann": 1000}
    found = {
        b.value for b, _ in by_itself("/usr/sbin/sshd", (), users) if b.aspect is Aspect.BECOME and b.value.startswith("user")
    }
    assert found == {"user 0", "user 101", "user 1000"}


def test_other_programs_do_nothing_by_themselves() -> None:
    """No row, no behaviour."""
    assert not list(by_itself("/usr/bin/thing", (), {}))
