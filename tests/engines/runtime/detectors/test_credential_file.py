"""Who may read credentials."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.credential_file import DETECTOR
from periderm.engines.runtime.scene import HOST, image, opens, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

SECRET = image("/usr/bin/cat", "/usr/bin/perl", "/usr/bin/dash", "/usr/sbin/lighttpd", secrets=("srv/shop/.env",))


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/security/opasswd", "/etc/krb5.keytab", "/etc/ssh/ssh_host_rsa_key"],
)
def test_files_that_count(path: str) -> None:
    """Password hashes and keys of the machine."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, path)))


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/shadow.d/x", "/etc/ssh/ssh_host_rsa_key.pub", "/srv/etc-shadow"])
def test_files_that_do_not(path: str) -> None:
    """Names that look alike."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, path))) == []


@pytest.mark.parametrize(
    ("exe", "fires"), [("/usr/sbin/sshd", False), ("/tmp/sshd", True), ("/home/a/.local/sshd", True), ("/usr/bin/su", False)]
)
def test_a_trusted_name_needs_a_trusted_place(exe: str, fires: bool) -> None:
    """The name of a program is its file's, and anybody may name a file."""
    said = run_example(DETECTOR, scene(runs(20, 1, exe, "x", on=HOST), opens(20, "/etc/shadow", on=HOST)))
    assert bool(said) == fires


def test_a_trusted_program_below_a_servers_shell_is_not_trusted() -> None:
    """An intruder may call `su` too."""
    events = (
        runs(1, 0, "/usr/sbin/nginx", "nginx"),
        runs(2, 1, "/usr/bin/dash", "sh"),
        runs(3, 2, "/usr/bin/su", "su"),
        opens(3, "/etc/shadow"),
    )
    assert run_example(DETECTOR, scene(*events))


def test_the_scans_secret_is_linked() -> None:
    """The path in the evidence is that of the image's finding, and the technique says file."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/srv/shop/.env"), inventory=SECRET))
    assert said[0].evidence["secret_path"] == "/srv/shop/.env"
    assert said[0].techniques == ("T1552.001",)


def test_an_intruders_shell_reads_without_a_tool() -> None:
    """`while read line; do …; done < .env` needs no cat."""
    events = (
        runs(1, 0, "/usr/sbin/lighttpd", "lighttpd"),
        runs(2, 1, "/usr/bin/perl", "perl", "look.pl"),
        opens(2, "/srv/shop/.env", at=601),
        runs(3, 2, "/usr/bin/dash", "sh", "-c", "…"),
        opens(3, "/srv/shop/.env", at=602),
    )
    said = run_example(DETECTOR, scene(*events, inventory=SECRET))
    assert [alert.process.key for alert in said] == [3]
    assert said[0].severity is Severity.HIGH


def test_a_file_that_is_not_there_is_not_read() -> None:
    """Programs ask for files that many systems lack."""
    missing = opens(2, "/etc/krb5.keytab", denied=True)
    absent = type(missing)(**{name: getattr(missing, name) for name in missing.__struct_fields__} | {"ret": -2})
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), absent)) == []
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), missing))


def test_without_a_scan_only_the_systems_files_are_known() -> None:
    """No inventory, no secret."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/srv/shop/.env"))) == []


def test_a_refused_attempt_is_softer_and_says_so() -> None:
    """The attempt is told, with its result."""
    flags = EventFlag.UPPER
    tried = run_example(DETECTOR, scene(runs(2, 1, "/srv/x", "x", flags=flags), opens(2, "/etc/shadow", denied=True)))
    done = run_example(DETECTOR, scene(runs(2, 1, "/srv/x", "x", flags=flags), opens(2, "/etc/shadow")))
    assert tried[0].severity < done[0].severity
    assert tried[0].evidence["result"] == "failed (-13)"
