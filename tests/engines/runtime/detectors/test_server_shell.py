"""A shell below a server, and shells that belong there."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.server_shell import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity

SERVERS = [
    ("/usr/sbin/apache2", ("apache2", "-k", "start"), "apache2"),
    ("/usr/sbin/php-fpm8.2", ("php-fpm: pool www",), "php-fpm"),
    ("/usr/bin/java", ("java", "-jar", "app.jar"), "java"),
    ("/usr/bin/python3.11", ("python3", "-m", "uvicorn", "app:app"), "uvicorn"),
    ("/usr/bin/python3.11", ("python3", "manage.py", "runserver"), "python"),
    ("/usr/bin/ruby3.1", ("ruby", "/usr/bin/puma"), "puma"),
    ("/usr/sbin/mysqld", ("mysqld",), "mysqld"),
    ("/usr/bin/redis-server", ("redis-server", "*:6379"), "redis-server"),
    ("/opt/tomcat/bin/tomcat", ("tomcat",), "tomcat"),
    ("/bin/ld-linux.so.2", ("ld.so", "/usr/sbin/nginx"), "nginx"),
]


@pytest.mark.parametrize(("exe", "argv", "name"), SERVERS)
def test_servers_are_known(exe: str, argv: tuple[str, ...], name: str) -> None:
    """By their name, or by what their interpreter was given."""
    said = run_example(DETECTOR, scene(runs(5, 1, exe, *argv), runs(6, 5, "/usr/bin/bash", "bash", "-c", "id")))
    assert [alert.evidence["server"] for alert in said] == [name]


@pytest.mark.parametrize("line", ["cp a b; id", "cp a `id`", "cp a $(id)", "cp a b & id", "cp a b\nid", "cp a b | sh"])
def test_an_archive_command_is_believed_only_whole(line: str) -> None:
    """A command that begins as the database's own and goes on otherwise is an attack."""
    postgres = runs(1, 0, "/usr/lib/postgresql/15/bin/postgres", "postgres")
    assert run_example(DETECTOR, scene(postgres, runs(2, 1, "/usr/bin/dash", "sh", "-c", line)))


def test_mail_options_that_write_files_are_no_habit() -> None:
    """sendmail -X writes a log wherever one likes: the way of CVE-2016-10033."""
    php = runs(1, 0, "/usr/sbin/php-fpm8.2", "php-fpm")
    normal = runs(2, 1, "/usr/bin/dash", "sh", "-c", "/usr/sbin/sendmail -t -i")
    attack = runs(3, 1, "/usr/bin/dash", "sh", "-c", "/usr/sbin/sendmail -t -i -X/srv/www/x.php")
    assert run_example(DETECTOR, scene(php, normal)) == []
    assert run_example(DETECTOR, scene(php, attack))


def test_a_launcher_is_believed_only_at_the_start() -> None:
    """What npm may do in the first seconds a server may not do later."""
    node = runs(1, 0, "/usr/bin/node", "npm", "start", at=0.0)
    later = runs(2, 1, "/usr/bin/dash", "sh", "-c", "id", at=400.0)
    assert [a.severity for a in run_example(DETECTOR, scene(node, later))] == [Severity.HIGH]


def test_what_listens_on_a_host_may_start_shells() -> None:
    """sshd, desktops and supervisors listen on hosts; only known servers count there."""
    sshd = runs(10, 1, "/usr/sbin/sshd", "sshd", on=HOST)
    listens = row(EventKind.LISTEN, 10, "::", port=22, family=10, on=HOST)
    assert run_example(DETECTOR, scene(sshd, listens, runs(11, 10, "/usr/bin/bash", "-bash", on=HOST))) == []
