"""Finds services whose own configuration lets everyone in: databases without passwords, Docker's port, notebooks, FTP. What a
distribution ships lets nobody in. Does not tell whether the service is started."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from periderm.engines.image import open_settings
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import Note, NoteReader
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-081-"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-081",
    title=Text("Let everyone into a service", "服务对所有人开放"),
    message=Text("{what}, says {path} (line {line}).", "{what}（见 {path} 第 {line} 行）。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Set a password or certificates in that file, or let the service listen on the loopback address or a socket alone.",
        "在该文件中设置口令或证书，或让服务仅监听回环地址或套接字。",
    ),
    techniques=("T1133", "T1190"),
    fires=(
        Example(GivenImage(layers=((GivenFile("etc/redis/redis.conf", b"bind 0.0.0.0\nprotected-mode no\n"),),)), "Redis"),
        Example(GivenImage(layers=((GivenFile("etc/mongod.conf", b"net:\n  port: 27017\n  bindIp: 0.0.0.0\n"),),)), "MongoDB"),
        Example(GivenImage(layers=((GivenFile("etc/mysql/conf.d/x.cnf", b"[mysqld]\nskip-grant-tables\n"),),)), "MySQL"),
        Example(GivenImage(layers=((GivenFile("srv/pg_hba.conf", b"host all all 0.0.0.0/0 trust\n"),),)), "PostgreSQL"),
        Example(
            GivenImage(
                layers=((GivenFile("opt/es/elasticsearch.yml", b"network.host: 0.0.0.0\nxpack.security.enabled: false\n"),),)
            ),
            "Elasticsearch",
        ),
        Example(GivenImage(layers=((GivenFile("etc/docker/daemon.json", b'{"hosts":["tcp://0.0.0.0:2375"]}'),),)), "Docker"),
        Example(
            GivenImage(layers=((GivenFile("root/.jupyter/jupyter_server_config.py", b"c.ServerApp.token = ''\n"),),)), "Jupyter"
        ),
        Example(GivenImage(layers=((GivenFile("etc/etcd.conf.yml", b"listen-client-urls: http://0.0.0.0:2379\n"),),)), "etcd"),
        Example(GivenImage(layers=((GivenFile("etc/rsyncd.conf", b"[data]\npath = /srv\nread only = no\n"),),)), "rsync"),
        Example(GivenImage(layers=((GivenFile("etc/vsftpd.conf", b"anonymous_enable=YES\n"),),)), "FTP"),
        Example(GivenImage(layers=((GivenFile("etc/ssh/sshd_config", b"PermitEmptyPasswords yes\n"),),)), "SSH"),
        Example(GivenImage(layers=((GivenFile("etc/exports", b"/srv *(rw,no_root_squash)\n"),),)), "NFS"),
        Example(GivenImage(layers=((GivenFile("etc/memcached.conf", b"-m 64\n-l 0.0.0.0\n"),),)), "memcached"),
        Example(GivenImage(layers=((GivenFile("etc/snmp/snmpd.conf", b"rwcommunity public\n"),),)), "SNMP"),
        Example(GivenImage(layers=((GivenFile("etc/rabbitmq/rabbitmq.conf", b"loopback_users = none\n"),),)), "RabbitMQ"),
        Example(
            GivenImage(layers=((GivenFile("etc/php/8.2/fpm/pool.d/www.conf", b"[www]\nlisten = 0.0.0.0:9000\n"),),)), "php-fpm"
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("etc/redis/redis.conf", b"bind 127.0.0.1 -::1\nprotected-mode yes\n"),),)),
            "Redis as Debian ships it",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/redis/redis.conf", b"bind 0.0.0.0\nprotected-mode no\nrequirepass x\n"),),)),
            "Redis with a password",
        ),
        Example(
            GivenImage(
                layers=((GivenFile("etc/mongod.conf", b"net:\n  bindIp: 0.0.0.0\nsecurity:\n  authorization: enabled\n"),),)
            ),
            "MongoDB that asks",
        ),
        Example(
            GivenImage(
                layers=(
                    (
                        GivenFile(
                            "srv/pg_hba.conf", b"local all all trust\nhost all all 127.0.0.1/32 trust\n# host all all all trust"
                        ),
                    ),
                )
            ),
            "PostgreSQL that trusts its own machine",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/memcached.conf", b"-l 127.0.0.1\n-l ::1\n"),),)), "memcached as Debian ships it"
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/ssh/sshd_config", b"#PermitEmptyPasswords yes\nPermitRootLogin no\n"),),)),
            "SSH as it is",
        ),
        Example(GivenImage(layers=((GivenFile("etc/vsftpd.conf", b"anonymous_enable=NO\n"),),)), "FTP with names"),
        Example(GivenImage(layers=((GivenFile("etc/rsyncd.conf", b"[a]\npath=/a\nauth users = b\n"),),)), "rsync that asks"),
        Example(
            GivenImage(layers=((GivenFile("etc/exports", b"/srv 10.0.0.5(rw)\n/pub *(ro)\n"),),)), "NFS for one, or to read"
        ),
        Example(
            GivenImage(layers=((GivenFile("x/www.conf", b"listen = /run/php/php8.2-fpm.sock\n"),),)), "php-fpm by a socket"
        ),
    ),
)


def _reader(read: Callable[[bytes], Iterator[open_settings.Weak]]) -> Callable[[bytes, str], Sequence[Note]]:
    return lambda data, _path: open_settings.notes_of(read(data))


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a setting."""
    for noted in facts.noted:
        if noted.reader.startswith(_READER):
            values = noted.note.values
            yield Hit(
                location=noted.path,
                line=noted.note.line,
                key=str(noted.note.line),
                evidence=noted.note.evidence,
                layer=noted.layer,
                package=noted.package,
                values={
                    "what": Text(values["en"], values["zh"]),
                    "path": noted.path,
                    "line": str(noted.note.line),
                },
                severity=Severity(int(values["severity"])),
            )


DETECTOR = Detector(
    SPEC,
    judge,
    readers=tuple(
        NoteReader(
            id=_READER + name,
            read=_reader(read),
            paths=paths,
            names=names,
            folders=folders,
            accept=lambda path: (
                not path.startswith(("usr/share/doc/", "usr/share/examples/")) and "/site-packages/" not in path
            ),
        )
        for name, paths, names, folders, read in open_settings.FILES
    ),
)
