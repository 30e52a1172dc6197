"""Settings by which services let in whoever comes: one small reader for each service's own file. What a distribution ships
lets nobody in, and stays quiet; a setting that is not there counts as its documented default.

Sources: redis.conf, mongod.conf (net.bindIp, security.authorization), my.cnf (skip-grant-tables), pg_hba.conf, the security
chapters of Elasticsearch and OpenSearch, memcached(1), dockerd(8), Jupyter Server "Security", php-fpm's pool file, etcd's
configuration file, rsyncd.conf(5), vsftpd.conf(5), sshd_config(5), exports(5), snmpd.conf(5), RabbitMQ "Access Control".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from periderm.model.file_note import Note
from periderm.model.severity import Severity
from periderm.model.text import Text

_MOST_LINES = 20_000
_HERE = re.compile(r"^(127\.|localhost|::1|\[::1\]|-?::1|_local_|/|unix|@)")
Lines = Sequence[tuple[int, str]]


class Weak(NamedTuple):
    """A setting that lets somebody in."""

    line: int
    text: str
    what: Text
    severity: Severity = Severity.HIGH


def lines_of(data: bytes, comment: str = "#") -> Lines:
    """(number, text) of the lines that say something."""
    found = []
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n")[:_MOST_LINES], 1):
        text = line.strip()[:2_048]
        if text and not text.startswith(tuple(comment)):
            found.append((number, text))
    return found


def notes_of(weak: Iterator[Weak]) -> list[Note]:
    """As notes; secrets are in none of these settings, but what stands behind a word is cut all the same."""
    return [
        Note("open", w.line, w.text[:120], {"en": w.what.en, "zh": w.what.zh, "severity": str(int(w.severity))}) for w in weak
    ]


def _pairs(lines: Lines, parting: str) -> dict[str, tuple[int, str]]:
    """The last value of each setting, by its name in lower case."""
    found: dict[str, tuple[int, str]] = {}
    for number, text in lines:
        name, sign, value = text.partition(parting) if parting != " " else _first_word(text)
        if sign or parting == " ":
            found[name.strip().strip("\"'").lower()] = (number, value.strip().strip("\"'"))
    return found


def _first_word(text: str) -> tuple[str, str, str]:
    name, *rest = text.split(None, 1) or [""]  # a line that is '=' alone has no word
    return name, " ", rest[0] if rest else ""


def _yaml(lines: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Flat names of a simple YAML file ('net.bindIp'): enough for settings, and no parser that could be fooled into work."""
    found: dict[str, tuple[int, str]] = {}
    stack: list[tuple[int, str]] = []
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        text = line.split(" #")[0].rstrip()[:2_048]
        name, colon, value = text.strip().partition(":")
        if not colon or text.lstrip().startswith(("#", "-")):
            continue
        depth = len(text) - len(text.lstrip())
        while stack and stack[-1][0] >= depth:
            stack.pop()
        path = ".".join([*(part for _, part in stack[-8:]), name.strip().strip("\"'")])
        if value.strip():
            found[path.lower()] = (number, value.strip().strip("\"'"))
        else:
            stack.append((depth, name.strip()))
    return found


def _outside(addresses: str) -> bool:
    """Whether one of the addresses can be reached from elsewhere."""
    words = [word.strip("\"'[] ") for word in re.split(r"[,\s]+", addresses) if word.strip("\"'[] ")]
    return any(not _HERE.match(word) for word in words)


def _yes(value: str) -> bool:
    return value.lower() in ("yes", "true", "1", "on")


def redis(data: bytes) -> Iterator[Weak]:
    """No password, no user list, protection off, and reachable."""
    found = _pairs(lines_of(data), " ")
    number, protected = found.get("protected-mode", (0, "yes"))
    known = found.keys() & {"requirepass", "user", "aclfile"}
    if protected == "no" and not known and _outside(found.get("bind", (0, "*"))[1]):
        yield Weak(number, "protected-mode no", Text("Redis answers everyone without a password", "Redis 无口令对所有人开放"))


def mongodb(data: bytes) -> Iterator[Weak]:
    """Reachable, and nobody is asked who they are."""
    found = _yaml(data.decode("utf-8", "replace").split("\n"))
    number, address = found.get("net.bindip", (0, "127.0.0.1"))
    everywhere, value = found.get("net.bindipall", (0, "false"))
    reached = _outside(address) or _yes(value)
    if reached and found.get("security.authorization", (0, ""))[1] != "enabled" and "security.keyfile" not in found:
        what = Text("MongoDB answers everyone without a password", "MongoDB 无口令对所有人开放")
        yield Weak(number or everywhere, f"bindIp {address}", what)


def mysql(data: bytes) -> Iterator[Weak]:
    """Rights are not looked at."""
    for number, text in lines_of(data, "#;"):
        name, _, value = text.partition("=")
        if name.strip().replace("_", "-") == "skip-grant-tables" and value.strip().lower() not in ("0", "off", "false"):
            yield Weak(number, text, Text("MySQL lets everyone do everything", "MySQL 跳过权限检查"))


def postgresql(data: bytes) -> Iterator[Weak]:
    """`trust` for connections from elsewhere."""
    for number, text in lines_of(data):
        words = text.split()
        if len(words) >= 5 and words[0].startswith("host") and "trust" in words[4:6]:
            address = words[3]
            if address in ("all", "samenet") or not _HERE.match(address):
                yield Weak(number, text, Text("PostgreSQL trusts whoever connects", "PostgreSQL 信任任意连接者"))


def elasticsearch(data: bytes) -> Iterator[Weak]:
    """Security switched off by name, and reachable."""
    found = _yaml(data.decode("utf-8", "replace").split("\n"))
    host = found.get("network.host", found.get("http.host", (0, "_local_")))[1]
    off = found.get("xpack.security.enabled", (0, "true"))
    gone = found.get("plugins.security.disabled", (0, "false"))
    if _outside(host) and (off[1].lower() == "false" or _yes(gone[1])):
        yield Weak(
            off[0] or gone[0],
            "xpack.security.enabled: false" if off[0] else "plugins.security.disabled: true",
            Text("Elasticsearch or OpenSearch answers everyone", "Elasticsearch 或 OpenSearch 对所有人开放"),
        )


def memcached(data: bytes) -> Iterator[Weak]:
    """An address that is reachable, named in the file."""
    lines = lines_of(data)
    known = any(text.split()[0] in ("-S", "-Y", "--enable-sasl") for _, text in lines)
    for number, text in lines:
        named = re.match(r"(?:-l|--listen[= ])\s*(\S+)", text)
        if named and not known and _outside(named[1]):
            yield Weak(number, text, Text("memcached answers everyone", "memcached 对所有人开放"), Severity.MEDIUM)


def docker(data: bytes) -> Iterator[Weak]:
    """A TCP address without certificates: root on the machine for whoever reaches it."""
    lines = lines_of(data)
    if any(re.search(r"tlsverify[\"']?\s*[:=]\s*true|--tlsverify\b(?!=false)", text) for _, text in lines):
        return
    for number, text in lines:
        for named in re.findall(r"tcp://([\w.:\[\]-]{1,80})", text):
            if _outside(named):
                what = Text("Docker obeys whoever reaches its port", "Docker 端口可被任意人控制")
                yield Weak(number, f"tcp://{named}", what, Severity.CRITICAL)
                return


def jupyter(data: bytes) -> Iterator[Weak]:
    """An empty token and no password: a shell for whoever comes."""
    lines = lines_of(data)
    if any(re.search(r"(password|hashed_password)['\"]?\s*[=:]\s*u?['\"]\S{4}", text) for _, text in lines):
        return
    for number, text in lines:
        if re.search(
            r"(App|IdentityProvider|Authorizer)?\.?['\"]?token['\"]?\s*[=:]\s*(u?['\"]{2}|None|null)\s*,?\s*(#.*)?$", text
        ):
            yield Weak(number, text, Text("Jupyter gives a shell to whoever comes", "Jupyter 对任意访问者提供 shell"))


def php_fpm(data: bytes) -> Iterator[Weak]:
    """Reachable from everywhere by its own words; a bare port is what official images ship, and milder."""
    found = _pairs(lines_of(data, ";#"), "=")
    number, value = found.get("listen", (0, ""))
    if number and "listen.allowed_clients" not in found and not value.startswith("/") and _outside(value):
        what = Text("php-fpm runs scripts for whoever reaches it", "php-fpm 为任意访问者执行脚本")
        yield Weak(number, f"listen = {value}", what, Severity.LOW if value.isdigit() else Severity.MEDIUM)


def etcd(data: bytes) -> Iterator[Weak]:
    """Plain HTTP for clients from elsewhere."""
    found = _yaml(data.decode("utf-8", "replace").split("\n"))
    number, value = found.get("listen-client-urls", (0, ""))
    for address in value.split(","):
        plain = address.strip().strip("\"'")
        if plain.startswith("http://") and _outside(plain.removeprefix("http://")):
            yield Weak(number, f"listen-client-urls: {plain}", Text("etcd answers everyone", "etcd 对所有人开放"))
            return


def rsync(data: bytes) -> Iterator[Weak]:
    """Modules that anybody may write, or read."""
    module, settings, first = "", dict[str, str](), 0
    general: dict[str, str] = {}
    for number, text in [*lines_of(data, "#;"), (0, "[end]")]:
        if text.startswith("["):
            merged = general | settings
            if module and not merged.keys() & {"auth users", "hosts allow"}:
                writes = merged.get("read only", "yes").lower() in ("no", "false", "0")
                what = Text("rsync gives its files to everyone", "rsync 向所有人提供文件")
                yield Weak(first, f"[{module}]", what, Severity.HIGH if writes else Severity.MEDIUM)
            module, settings, first = text.strip("[]"), {}, number
        elif "=" in text:
            name, _, value = text.partition("=")
            (settings if module else general)[" ".join(name.lower().split())] = value.strip()


def vsftpd(data: bytes) -> Iterator[Weak]:
    """Anybody may read, or write."""
    found = _pairs(lines_of(data), "=")
    number, anonymous = found.get("anonymous_enable", (0, "no"))
    if _yes(anonymous):
        writes = _yes(found.get("anon_upload_enable", (0, "no"))[1]) and _yes(found.get("write_enable", (0, "no"))[1])
        what = Text("FTP lets everyone in without a password", "FTP 允许匿名登录")
        yield Weak(number, f"anonymous_enable={anonymous}", what, Severity.HIGH if writes else Severity.MEDIUM)


def sshd(data: bytes) -> Iterator[Weak]:
    """Empty passwords, or root by password."""
    found: dict[str, tuple[int, str]] = {}
    for number, text in lines_of(data):
        name, _, value = _first_word(text.replace("=", " ", 1))
        if name.lower() == "match":
            break
        found.setdefault(name.lower(), (number, value.split()[0].lower() if value.split() else ""))  # the first one counts
    number, empty = found.get("permitemptypasswords", (0, "no"))
    if empty == "yes":
        yield Weak(number, "PermitEmptyPasswords yes", Text("SSH takes empty passwords", "SSH 接受空口令"))
    number, root = found.get("permitrootlogin", (0, "prohibit-password"))
    if root == "yes" and found.get("passwordauthentication", (0, "yes"))[1] == "yes":
        what = Text("SSH lets root in by a password", "SSH 允许 root 以口令登录")
        yield Weak(number, "PermitRootLogin yes", what, Severity.MEDIUM)


def exports(data: bytes) -> Iterator[Weak]:
    """NFS for the whole world, root as root."""
    for number, text in lines_of(data):
        for client in text.split()[1:]:
            host, _, options = client.partition("(")
            if host in ("*", "0.0.0.0/0", "::/0", "") and "rw" in options.strip(")").split(","):
                severity = Severity.HIGH if "no_root_squash" in options else Severity.MEDIUM
                yield Weak(number, text, Text("NFS lets everyone write", "NFS 允许任何人写入"), severity)
                break


def snmpd(data: bytes) -> Iterator[Weak]:
    """A word that everybody knows, to write with."""
    for number, text in lines_of(data):
        words = text.split()
        if len(words) >= 2 and words[0].lower() in ("rwcommunity", "rwcommunity6") and words[1] in ("public", "private"):
            yield Weak(number, f"{words[0]} …", Text("SNMP takes settings from everyone", "SNMP 允许任何人改写设置"))


def rabbitmq(data: bytes) -> Iterator[Weak]:
    """The account guest from elsewhere."""
    for number, text in lines_of(data):
        if re.fullmatch(r"loopback_users(\.guest)?\s*=\s*(none|false)", text):
            what = Text("RabbitMQ takes guest from everywhere", "RabbitMQ 允许 guest 远程登录")
            yield Weak(number, text, what, Severity.MEDIUM)


# (name for ids, paths, base names, folders, reader)
FILES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], Callable[[bytes], Iterator[Weak]]], ...] = (
    ("redis", (), ("redis.conf", "valkey.conf", "keydb.conf"), (), redis),
    ("mongodb", ("etc/mongodb.conf",), ("mongod.conf",), (), mongodb),
    (
        "mysql",
        (),
        ("my.cnf", "mysqld.cnf", "mariadb.cnf"),
        ("etc/mysql/conf.d", "etc/mysql/mysql.conf.d", "etc/mysql/mariadb.conf.d", "etc/my.cnf.d"),
        mysql,
    ),
    ("postgresql", (), ("pg_hba.conf",), (), postgresql),
    ("elasticsearch", (), ("elasticsearch.yml", "opensearch.yml"), (), elasticsearch),
    ("memcached", ("etc/memcached.conf",), (), (), memcached),
    ("docker", ("etc/docker/daemon.json", "etc/default/docker"), (), (), docker),
    (
        "jupyter",
        (),
        tuple(f"jupyter_{app}_config.{end}" for app in ("notebook", "server", "lab") for end in ("py", "json")),
        (),
        jupyter,
    ),
    ("php-fpm", (), ("www.conf", "php-fpm.conf", "zz-docker.conf"), ("usr/local/etc/php-fpm.d",), php_fpm),
    ("etcd", (), ("etcd.conf.yml", "etcd.conf.yaml", "etcd.yml", "etcd.yaml"), (), etcd),
    ("rsync", (), ("rsyncd.conf",), (), rsync),
    ("vsftpd", (), ("vsftpd.conf",), (), vsftpd),
    ("sshd", ("etc/ssh/sshd_config",), (), ("etc/ssh/sshd_config.d",), sshd),
    ("exports", ("etc/exports",), (), (), exports),
    ("snmpd", ("etc/snmp/snmpd.conf",), (), (), snmpd),
    ("rabbitmq", (), ("rabbitmq.conf",), ("etc/rabbitmq/conf.d",), rabbitmq),
)
