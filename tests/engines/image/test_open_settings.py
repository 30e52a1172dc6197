"""The settings of each service, beside what is documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import open_settings as s
from periderm.model.severity import Severity

Read = Callable[[bytes], Iterator[s.Weak]]
OPEN: list[tuple[Read, bytes, Severity]] = [
    (s.redis, b"protected-mode no\n", Severity.HIGH),
    (s.mongodb, b"net:\n  bindIpAll: true\n", Severity.HIGH),
    (s.mongodb, b"net:\n    bindIp: 127.0.0.1,10.0.0.1\n", Severity.HIGH),
    (s.mysql, b"[mysqld]\nskip_grant_tables = 1\n", Severity.HIGH),
    (s.postgresql, b"hostssl all all all trust\n", Severity.HIGH),
    (s.postgresql, b"host all all 10.0.0.0 255.0.0.0 trust\n", Severity.HIGH),
    (s.elasticsearch, b"network.host: [_site_]\nplugins.security.disabled: true\n", Severity.HIGH),
    (s.memcached, b"--listen=10.0.0.1\n", Severity.MEDIUM),
    (s.docker, b'{"hosts": ["unix:///x", "tcp://0.0.0.0:2375"]}', Severity.CRITICAL),
    (s.jupyter, b"c.NotebookApp.token = ''\n", Severity.HIGH),
    (s.jupyter, b'{"IdentityProvider": {\n"token": ""\n}}', Severity.HIGH),
    (s.php_fpm, b"[www]\nlisten = 9000\n", Severity.LOW),
    (s.etcd, b"listen-client-urls: 'http://127.0.0.1:2379,http://10.0.0.1:2379'\n", Severity.HIGH),
    (s.rsync, b"[a]\npath=/a\n", Severity.MEDIUM),
    (s.sshd, b"permitemptypasswords YES\n", Severity.HIGH),
    (s.exports, b"/a *(ro) *(rw)\n", Severity.MEDIUM),
    (s.snmpd, b"rwcommunity private default\n", Severity.HIGH),
    (s.rabbitmq, b"loopback_users.guest = false\n", Severity.MEDIUM),
    (s.vsftpd, b"anonymous_enable=YES\n", Severity.MEDIUM),
]
CLOSED: list[tuple[Read, bytes]] = [
    (s.redis, b"# protected-mode no\nbind 0.0.0.0\n"),
    (s.redis, b"protected-mode no\nbind 127.0.0.1\n"),
    (s.mongodb, b"net:\n  port: 1\n  bindIp: 127.0.0.1\n"),
    (s.mysql, b"# skip-grant-tables\nskip-grant-tables=0\n"),
    (s.postgresql, b"host all all 0.0.0.0/0 scram-sha-256\nhost all all samehost\n"),
    (s.elasticsearch, b"xpack.security.enabled: false\n"),
    (s.memcached, b"-m 64\n-p 11211\n"),
    (s.docker, b"# DOCKER_OPTS=-H tcp://0.0.0.0:2375\n"),
    (s.docker, b'{"hosts": ["tcp://127.0.0.1:2375"]}'),
    (s.jupyter, b"c.ServerApp.token = ''\nc.ServerApp.password = 'argon2:abc'\n"),
    (s.jupyter, b"# c.ServerApp.token = ''\nc.ServerApp.token = 'abc'\n"),
    (s.php_fpm, b"listen = 127.0.0.1:9000\n"),
    (s.php_fpm, b"listen = 0.0.0.0:9000\nlisten.allowed_clients = 10.0.0.1\n"),
    (s.etcd, b"listen-client-urls: https://0.0.0.0:2379\n"),
    (s.rsync, b"hosts allow = 10.0.0.0/8\n[a]\npath=/a\nread only = no\n"),
    (s.sshd, b"Match User x\nPermitEmptyPasswords yes\n"),
    (s.sshd, b"PermitRootLogin yes\nPasswordAuthentication no\n"),
    (s.exports, b"/a 10.0.0.0/8(rw,no_root_squash)\n"),
    (s.snmpd, b"rocommunity public default -V systemonly\n"),
    (s.rabbitmq, b"# loopback_users = none\n"),
    (s.vsftpd, b"anonymous_enable=NO\n"),
]


@pytest.mark.parametrize(("read", "data", "severity"), OPEN, ids=[f"{r.__name__}: {d[:30]!r}" for r, d, _ in OPEN])
def test_open(read: Read, data: bytes, severity: Severity) -> None:
    """Each lets somebody in, and is graded by what they can do."""
    (weak,) = read(data)
    assert weak.severity is severity
    assert weak.what.en
    assert weak.what.zh


@pytest.mark.parametrize(("read", "data"), CLOSED, ids=[f"{r.__name__}: {d[:30]!r}" for r, d in CLOSED])
def test_closed(read: Read, data: bytes) -> None:
    """Defaults, comments, the machine's own address, and passwords."""
    assert list(read(data)) == []


def test_a_sign_alone() -> None:
    """A line without a word is no setting."""
    for _, _, _, _, read in s.FILES:
        assert s.notes_of(read(b"=\n = \n")) == []


@given(st.binary(max_size=200))
def test_anything_is_read(data: bytes) -> None:
    """Every reader takes every file."""
    for _, _, _, _, read in s.FILES:
        assert isinstance(s.notes_of(read(data)), list)
