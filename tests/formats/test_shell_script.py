"""Start scripts are read for the commands that they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.shell_script import Command, commands, inline, inner, is_shell, redirections, shebang


def names(text: str) -> list[str]:
    """The first words of all commands."""
    return [command.words[0] for command in commands(text)]


def test_the_first_line() -> None:
    """Interpreter and argument; nothing where it does not begin with #!."""
    assert shebang(b"#!/usr/bin/env bash\nx") == ("/usr/bin/env", "bash")
    assert shebang(b"#! /bin/sh -e\n") == ("/bin/sh", "-e")
    assert shebang(b"\x7fELF") == ()
    assert is_shell(("/usr/bin/env", "bash"))
    assert not is_shell(("/usr/bin/python3",))


def test_commands_wherever_they_stand() -> None:
    """In lists, pipes, conditions, loops, substitutions and cases; the shell's own are left out."""
    text = """#!/bin/sh
set -e
if [ "$1" = x ]; then chown -R redis /data; fi
find . -name y | xargs rm && mkdir -p /run/x || true
while true; do date >> /log; sleep 5; done
name=$(hostname -f)
echo "in quotes $(id -u)"
case "$1" in
  start) nginx -g 'daemon off;' ;;
esac
# curl is only named here
exec gosu redis "$@"
"""
    found = names(text)
    assert found == ["chown", "find", "xargs", "mkdir", "date", "sleep", "hostname", "id", "nginx", "gosu"]
    assert commands(text)[-1] == Command(12, ("gosu", "redis", "$@"), last=True)


def test_here_documents_are_no_commands() -> None:
    """What is fed to a command is data."""
    assert names("cat > /x <<EOF\nrm -rf /\nEOF\nls\n") == ["cat", "ls"]


def test_functions_and_variables() -> None:
    """A function that hands its arguments on runs them; a variable with a literal value is put in."""
    text = 'bin=$(echo /usr/lib/postgresql/*/bin)\nas() { setpriv --reuid=postgres "$@"; }\n'
    text += 'as "$bin/initdb" -A trust\nhelp_me() { ls; }\nhelp_me\n'
    found = [command.words for command in commands(text)]
    assert ("/usr/lib/postgresql/*/bin/initdb", "-A", "trust") in found
    assert ("help_me",) not in found


def test_wrappers() -> None:
    """What a wrapper starts is behind its own words."""
    assert inner(("tini", "-g", "--", "nginx", "-x")) == ("nginx", "-x")
    assert inner(("gosu", "redis", "redis-server")) == ("redis-server",)
    assert inner(("setpriv", "--reuid=1", "--clear-groups", "redis-server", "a")) == ("redis-server", "a")
    assert inner(("env", "-u", "X", "A=1", "python3", "app.py")) == ("python3", "app.py")
    assert inner(("find", ".", "-exec", "chown", "redis", "{}", "+")) == ("chown", "redis", "{}", "+")
    assert inner(("su", "app", "-c", "node server.js")) == ("node", "server.js")
    assert inner(("nginx", "-t")) == ()


def test_text_for_a_shell() -> None:
    """`sh -c`, with other options too; a script is no text."""
    assert inline(("/bin/sh", "-c", "exec nginx")) == "exec nginx"
    assert inline(("bash", "-euxc", "a; b")) == "a; b"
    assert inline(("bash", "/start.sh", "-c", "x")) == ""
    assert inline(("nginx", "-c", "/etc/nginx.conf")) == ""


def test_output_files() -> None:
    """Absolute and literal only."""
    assert redirections(("date", ">>", "/log/x", "2>/dev/null", ">&2", ">", "$FILE")) == ("/log/x", "/dev/null")


@pytest.mark.parametrize("odd", ["'", '"', "\\", "`", "$(", "${", '"$(', '\\"', "<<", "a=", "&&", "{", "x() "])
def test_odd_text_takes_no_time(odd: str) -> None:
    """Whatever is repeated or left open: it ends soon, and tells at most so many commands."""
    text = (odd * 3000 + "\n") * 15
    assert len(commands(text[:65536])) <= 400


@given(st.text(alphabet="ab $(){}[]`'\"\\|&;<>=\n#/*", max_size=300))
def test_any_text(text: str) -> None:
    """No text raises, and every command has a name."""
    assert all(command.words and command.words[0] for command in commands(text))
