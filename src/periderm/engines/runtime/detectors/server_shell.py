"""RUN-002: a network server, or something that it started, starts a shell.

Start scripts are not meant: there the shell is above the server, not below. On a plain host a language's runtime counts as
a server only if it was seen to listen.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, shell_interest
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# One plain command without anything that a shell would interpret further: what archivers and mailers really run.
_PLAIN = r"(?: +[\w./:=@%+,-]+)*"
_HABITS = (
    re.compile(rf"(?:test ! -f [\w./%-]+ +&& +)?(?:cp|pgbackrest|wal-g|barman-wal-archive|barman-cloud-wal-archive){_PLAIN}"),
    re.compile(r"/usr/(?:s?bin|lib)/sendmail(?: -(?:t|i|oi|bs|f ?[\w.@+-]+))*"),
)
_HABITUAL = frozenset({"postgres", "postmaster", "php-fpm", "php-cgi", "apache2", "httpd"})


def _habit(name: str, what: programs.Command) -> bool:
    """Databases archive and PHP mails through `sh -c`, with a command line that hardly varies."""
    if name not in _HABITUAL or len(what.arguments) < 2 or what.arguments[0] != "-c":
        return False
    return any(habit.fullmatch(what.arguments[1].strip()) for habit in _HABITS)


def _name(server: Process, context: Context) -> str:
    if server is context.process:
        return programs.base(server.previous)
    return programs.server(server.exe, server.argv) or programs.base(server.exe)


def _judge(context: Context) -> Verdict | None:
    process, what = context.process, context.command
    if context.event.kind is not EventKind.EXEC or process.runtime:
        return None
    if not (programs.is_shell(what) or process.copied_shell):
        return None
    server = context.server
    if server is None or (not context.contained and server.listening and not programs.server(server.exe, server.argv)):
        return None  # on a host much listens (sshd, desktops) that may start shells
    name = _name(server, context)
    if not context.contained and name in programs.RUNTIMES_OF_SERVERS and not server.listening:
        return None  # on a host node and java are developers' tools as often as servers; a server listens
    if _habit(name, what) or _launcher(server, name, context):
        return None
    return Verdict(
        object=server.exe if server is not process else server.previous,
        severity=Severity.HIGH if name in programs.RUNTIMES_OF_SERVERS else None,
        fill={"server": name, "line": " ".join(process.argv[1:])[:100] or "-"},
        evidence={"server": name, "server_pid": str(server.pid)},
    )


def _launcher(server: Process, name: str, context: Context) -> bool:
    """`npm start` and the like: the container's first program is a runtime that starts the real server by a shell."""
    first = context.lineage[-1]
    seconds = context.seconds
    return (
        name in programs.RUNTIMES_OF_SERVERS
        and server is first
        and not server.listening
        and seconds is not None
        and seconds < 30
        and context.command.arguments[:1] == ("-c",)
    )


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-002",
        title=Text("Spawn a shell from a server", "由服务器进程启动 shell"),
        message=Text(
            "{server} in {subject} started a shell ({process}): {line}",
            "{subject} 中的 {server} 启动了 shell（{process}）：{line}",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Treat the server as taken over. Look at the requests at that time, pause the container, and rebuild it from an "
            "image with the weakness mended. Leave shells out of images that serve the network.",
            "请视该服务器已被攻陷。检查该时间点的请求，暂停容器，修复弱点后重新构建镜像。对外提供服务的镜像不应包含 shell。",
        ),
        techniques=("T1190", "T1505.003", "T1059.004"),
        behaviours=(2,),
        fires=(
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/lighttpd", "lighttpd", "-D", at=0.0),
                    runs(2, 1, "/usr/bin/perl", "/usr/bin/perl", "/srv/shop/cgi-bin/lookup.pl"),
                    runs(3, 2, "/usr/bin/dash", "sh", "-c", "getent hosts x; id"),
                ),
                "a CGI script passes a visitor's text to a shell",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/python3.11", "python3", "/usr/bin/gunicorn", "app:app", at=0.0),
                    runs(2, 1, "/bin/busybox", "busybox", "ash", "-c", "id"),
                ),
                "busybox as a shell below a Python application server",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/local/bin/shopd", "shopd", at=0.0),
                    row(EventKind.LISTEN, 1, "::", port=8080, family=2, at=1.0),
                    runs(2, 1, "/usr/bin/bash", "bash", "-c", "id"),
                ),
                "a server that nobody has a name for: it listens",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(1, 0, "/usr/bin/dash", "/bin/sh"),
                ),
                "the server itself becomes a shell, without a new process",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/lib/postgresql/15/bin/postgres", "postgres", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "cp /etc/passwd /tmp/x; curl evil"),
                ),
                "COPY … TO PROGRAM that begins like an archive command",
            ),
            Example(
                scene(
                    runs(10, 1, "/usr/sbin/nginx", "nginx", on=HOST),
                    runs(11, 10, "/usr/bin/bash", "bash", "-c", "id", on=HOST),
                ),
                "the same on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/sshd", "sshd", "-D", at=0.0),
                    row(EventKind.LISTEN, 1, port=22),
                    runs(2, 1, "/usr/sbin/sshd", "sshd", "-D", "-R"),
                    runs(3, 2, "/usr/bin/bash", "bash", "-c", "uptime"),
                ),
                "somebody has logged in: an SSH server starts shells by its nature",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/lib/postgresql/15/bin/initdb", "initdb", "-A", "trust", at=2.0),
                    runs(3, 2, "/usr/lib/postgresql/15/bin/postgres", "postgres", "--single", "-F", at=2.0),
                    runs(4, 3, "/usr/bin/dash", "sh", "-c", "locale -a", at=2.0),
                ),
                "a database is made, and serves nobody yet",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/bin/node", "node", "build.js", on=HOST),
                    runs(21, 20, "/usr/bin/dash", "sh", "-c", "tsc -p .", on=HOST),
                ),
                "a developer's tool on a plain host: node does not listen there",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/dash", "sh", "/docker-entrypoint.sh", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "envsubst", at=1.0),
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=2.0),
                ),
                "the start script of a server",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 900, "/usr/bin/dash", "sh", "-c", "curl -f localhost", flags=EventFlag.EXEC_SESSION),
                ),
                "a health check beside the server",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/lib/postgresql/15/bin/postgres", "postgres", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "test ! -f /a/0001 && cp pg_wal/0001 /a/0001"),
                ),
                "PostgreSQL archives its log",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/node", "npm", "start", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "node server.js", at=1.0),
                ),
                "npm starts the real server through a shell",
            ),
        ),
    ),
    interests=(shell_interest(), Interest(kinds=(EventKind.LISTEN,))),
    judge=_judge,
)
