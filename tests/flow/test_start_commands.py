"""Commands of starts are followed, and not for ever."""

from __future__ import annotations

from periderm.flow.start_commands import MOST_FACTS
from periderm.model.start_facts import FactKind
from tests.starting import NGINX, facts, program, script, values


def test_wrappers_take_users_on() -> None:
    """`setpriv` and its like: the program runs as the user, whoever starts it."""
    more = [program("usr/bin/setpriv", "libc.so.6"), script("go.sh", b"#!/bin/sh\nexec setpriv --reuid=www-data nginx -t\n")]
    found = facts(more, Entrypoint=["/go.sh"], Cmd=None)
    assert values(found, FactKind.USER, NGINX) == {"33"}
    assert values(found, FactKind.BECOME, "/usr/bin/setpriv") == {"user 33", "group 33"}
    assert "/usr/bin/setpriv" in values(found, FactKind.PARENT, NGINX)


def test_text_for_a_shell_is_followed() -> None:
    """`sh -c` with one command becomes it."""
    found = facts(Entrypoint=["/bin/sh", "-c", "nginx -g 'daemon off;'"], Cmd=None)
    assert values(found, FactKind.PARENT, NGINX) == {"runtime", "/usr/bin/dash"}


def test_a_program_in_python_names_what_it_starts_and_calls() -> None:
    """One level of the script, with its interpreter found by env."""
    text = b'#!/usr/bin/env python3\nimport subprocess\nsubprocess.run(["curl", "-s"])\nget("http://prices.internal:9000/x")\n'
    more = [program("usr/bin/python3.11", "libc.so.6"), script("usr/bin/python3", b""), script("srv/app.py", text)]
    more[1] = program("usr/bin/python3", "libc.so.6")
    found = facts(more, Entrypoint=["python3", "/srv/app.py"], Cmd=None)
    app = "/usr/bin/python3 /srv/app.py"
    assert values(found, FactKind.PARENT, "/usr/bin/curl") == {app}
    assert values(found, FactKind.CONNECT, app) == {"tcp/9000 *"}
    assert values(found, FactKind.RESOLVE, app) == {"prices.internal"}


def test_a_cluster_on_the_command_line() -> None:
    """PostgreSQL's folder of data, and the command that it archives with, by a shell."""
    server = "usr/lib/postgresql/15/bin/postgres"
    start = b"#!/bin/sh\nbin=$(echo /usr/lib/postgresql/*/bin)\nexec \"$bin/postgres\" -D /data -c archive_command='curl %p'\n"
    found = facts([program(server, "libc.so.6"), script("pg.sh", start)], Entrypoint=["/pg.sh"], Cmd=None)
    assert "/data/base/**" in values(found, FactKind.WRITE, f"/{server}")
    assert "/data/**" not in values(found, FactKind.WRITE, f"/{server}")
    assert "/usr/bin/dash" in values(found, FactKind.PARENT, "/usr/bin/curl")


def test_scripts_that_start_each_other_end() -> None:
    """Two hundred commands in each of two scripts that call one another: each is followed once."""
    text = b"#!/bin/sh\n" + b"".join(b"/%s.sh %d\n/usr/bin/sed %d\n" % (n, i, i) for i in range(100) for n in (b"a", b"b"))
    found = facts([script("a.sh", text), script("b.sh", text)], Entrypoint=["/a.sh"], Cmd=None)
    assert len(found.facts) < MOST_FACTS
    assert values(found, FactKind.PARENT, "/usr/bin/sed")
