"""Compose files that show data or secrets to others: ports of databases, passwords, no authentication, images that move."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.credentials import is_literal, is_random, is_secret_name, is_throwaway
from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.images import reference
from periderm.engines.config.services import environment, pairs, services
from periderm.model.build_file import FileKind, Listing, Mapping, Scalar, texts
from periderm.model.severity import Severity
from periderm.model.text import Text

_COMPOSE = FileKind.COMPOSE
_DATABASES = {
    "3306": "MySQL",
    "5432": "PostgreSQL",
    "6379": "Redis",
    "27017": "MongoDB",
    "9200": "Elasticsearch",
    "9300": "Elasticsearch",
    "11211": "memcached",
    "5984": "CouchDB",
    "1433": "SQL Server",
    "1521": "Oracle",
    "9042": "Cassandra",
    "7687": "Neo4j",
    "2379": "etcd",
    "2181": "ZooKeeper",
    "8086": "InfluxDB",
    "5672": "RabbitMQ",
    "9092": "Kafka",
    "26257": "CockroachDB",
    "8123": "ClickHouse",
    "2375": "Docker",
    "2376": "Docker",
    "6443": "Kubernetes",
    "10250": "kubelet",
    "8500": "Consul",
    "22": "SSH",
    "23": "telnet",
    "5900": "VNC",
}
_IN_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://([^\s/:@$\"']{0,100}):([^\s/@$\"'{}]{3,200})@")
_OPEN_SWITCHES = {
    "POSTGRES_HOST_AUTH_METHOD": ("trust",),
    "MYSQL_ALLOW_EMPTY_PASSWORD": ("1", "yes", "true"),
    "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": ("1", "yes", "true"),
    "ALLOW_EMPTY_PASSWORD": ("yes", "true", "1"),
    "xpack.security.enabled": ("false",),
    "DISABLE_SECURITY_PLUGIN": ("true",),
    "NEO4J_AUTH": ("none",),
    "ALLOW_ANONYMOUS_LOGIN": ("yes", "true"),
    "ME_CONFIG_BASICAUTH": ("false",),
    "plugins.security.disabled": ("true",),
    "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": ("true",),
    "GF_AUTH_ANONYMOUS_ENABLED": ("true",),
    "DOCKER_TLS_CERTDIR": ("",),
}


def _ports(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        ports = service.body.get("ports")
        for item in ports.items if isinstance(ports, Listing) else ():
            if isinstance(item, Scalar):
                port = _published(item.text)
            else:
                port = (
                    item.text("target")
                    if isinstance(item, Mapping) and item.text("published") and not item.text("host_ip")
                    else ""
                )
            if port in _DATABASES:
                change = Text(
                    f"Write `127.0.0.1:{port}:{port}`, or leave the port out: services reach each other by name.",
                    f"写成 `127.0.0.1:{port}:{port}`，或去掉端口：服务之间可按名称访问。",
                )
                yield Hit(
                    line=item.line,
                    start=service.line,
                    values={"service": service.name, "port": port, "what": _DATABASES[port]},
                    change=change,
                )


def _published(text: str) -> str:
    """The container's port if it is published on all addresses, else ''."""
    text = re.sub(r"\$\{\w{1,100}:?-([^}]{0,300})\}", r"\1", text).strip().partition("/")[0]
    parts = text.rsplit(":", 2)
    if len(parts) == 3 and parts[0].strip("[]") not in ("0.0.0.0", "::"):  # noqa: S104 -- an address that is looked for
        return ""
    return parts[-1] if len(parts) >= 2 and parts[-1].isdigit() else ""


def _secrets(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        given = [*environment(service), *pairs(service.body, "build", "args")]
        for name, value, line in given:
            match = _IN_URL.search(value)
            secret = match[2] if match and is_literal(match[2]) else value if is_secret_name(name) and is_literal(value) else ""
            if secret:
                # A password that a person made up for a database beside the program is less than a token.
                severity = None if is_random(secret) else Severity.LOW if is_throwaway(secret) else Severity.MEDIUM
                yield Hit(
                    line=line,
                    start=service.line,
                    values={"service": service.name, "name": name},
                    hide=secret,
                    severity=severity,
                )


def _open(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        for name, value, line in environment(service):
            if value.strip("\"'").lower() in _OPEN_SWITCHES.get(name, ()):
                if name == "DOCKER_TLS_CERTDIR" and "docker" not in service.body.text("image"):
                    continue
                yield Hit(line=line, start=service.line, values={"service": service.name, "setting": f"{name}={value}"})
        for item in texts(service.body.get("command")):
            if re.search(
                r"tcp://(?:0\.0\.0\.0|\[::\])?:2375\b|--protected-mode\s+no|--skip-grant-tables|--noauth\b", item.text
            ):
                yield Hit(line=item.line, start=service.line, values={"service": service.name, "setting": item.text[:80]})


def _images(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        key, text = service.body.key("image"), service.body.text("image")
        if key is None or not text or "build" in service.body.pairs:
            continue
        named = reference(re.sub(r"\$\{\w{1,100}:?-([^}]{0,300})\}", r"\1", text))
        if named.moves:
            change = Text(f"Write `image: {named.name}:VERSION@sha256:…`.", f"写成 `image: {named.name}:VERSION@sha256:…`。")
            yield Hit(line=key.line, start=service.line, values={"service": service.name, "image": text}, change=change)


def _env_files(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        found = service.body.get("env_file")
        named = [item.get("path") for item in found.items if isinstance(item, Mapping)] if isinstance(found, Listing) else []
        for item in (*texts(found), *(one for one in named if isinstance(one, Scalar))):
            if not re.search(r"example|sample|template|default|dist$", item.text) and "$" not in item.text:
                yield Hit(
                    line=item.line, start=service.line, values={"service": service.name, "file": item.text}, beside=(item.text,)
                )


_S = "services:\n  a:\n    image: x:1\n"
DETECTORS = (
    check(
        "CFG-050",
        Severity.MEDIUM,
        _COMPOSE,
        _ports,
        title=("Open a database to the network", "把数据库开放到网络"),
        says=(
            "{service} publishes port {port} ({what}) on all addresses of the host, past its firewall.",
            "{service} 在宿主机所有地址上发布端口 {port}（{what}），绕过防火墙。",
        ),
        change=("Bind it to 127.0.0.1, or leave it out.", "绑定到 127.0.0.1，或去掉。"),
        techniques=("T1133", "T1190"),
        weaknesses=("CWE-668",),
        references=("https://docs.docker.com/engine/network/packet-filtering-firewalls/",),
        fires=(
            (_S + "    ports: ['5432:5432']\n", "the short form"),
            (_S + "    ports:\n      - target: 6379\n        published: '6379'\n", "the long form"),
            (_S + "    ports: ['${P:-3306}:3306']\n", "by a variable"),
        ),
        quiet=(
            (_S + "    ports: ['127.0.0.1:5432:5432', '8080:80']\n", "only here; a web server"),
            (_S + "    expose: ['5432']\n", "among services"),
        ),
    ),
    check(
        "CFG-051",
        Severity.HIGH,
        _COMPOSE,
        _secrets,
        title=("Write a secret into a Compose file", "把密钥写进 Compose 文件"),
        says=("{name} of {service} is a secret, written out.", "{service} 的 {name} 是直接写出的密钥。"),
        change=(
            "Use `secrets:` with a file, or `${NAME:?}` from outside; change the secret.",
            "使用 `secrets:` 文件，或从外部取 `${NAME:?}`；并更换密钥。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-798",),
        references=("https://docs.docker.com/reference/compose-file/secrets/",),
        fires=(
            (_S + "    environment:\n      DB_PASSWORD: Tr0ub4dor9\n", "a mapping"),
            (_S + "    environment: ['API_TOKEN=9f2c7be1d04a8365aa']\n", "a list"),
            (_S + "    environment: {DSN: 'redis://:Zq81kdPp@r/0'}\n", "inside an address"),
        ),
        quiet=(
            (
                _S
                + "    environment:\n      DB_PASSWORD: ${DB_PASSWORD:?}\n      TOKEN_FILE: /run/secrets/t\n      SECRET_KEY:\n",
                "from outside, a file, nothing",
            ),
            (_S + "    environment: ['PASSWORD=changeme']\n", "a placeholder"),
        ),
    ),
    check(
        "CFG-052",
        Severity.MEDIUM,
        _COMPOSE,
        _open,
        title=("Let anyone in without a password", "无需密码即可进入"),
        says=("{service}: {setting} switches authentication or encryption off.", "{service}：{setting} 关闭了身份验证或加密。"),
        change=("Take it out, and set a password by `secrets:`.", "去掉它，并通过 `secrets:` 设置密码。"),
        techniques=("T1078", "T1190"),
        weaknesses=("CWE-306",),
        fires=(
            (_S + "    environment: {POSTGRES_HOST_AUTH_METHOD: trust}\n", "a database"),
            (_S + "    command: dockerd -H tcp://0.0.0.0:2375\n", "a runtime"),
        ),
        quiet=(
            (
                _S + "    environment: {POSTGRES_HOST_AUTH_METHOD: scram-sha-256, GF_AUTH_ANONYMOUS_ENABLED: 'false'}\n",
                "it stays on",
            ),
        ),
    ),
    check(
        "CFG-053",
        Severity.LOW,
        _COMPOSE,
        _images,
        title=("Run an image that moves", "运行会变动的镜像"),
        says=(
            "{service} runs {image}, which is another image after each release.",
            "{service} 运行 {image}，每次发布后都会变成另一个镜像。",
        ),
        change=("Name the release, and best the digest.", "写明发布版本，最好加上摘要。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        fires=(
            ("services:\n  a:\n    image: redis\n", "no tag"),
            ("services:\n  a:\n    image: ${I:-nginx:latest}\n", "a default"),
        ),
        quiet=(
            (
                "services:\n  a:\n    image: redis:7.2.4\n  b:\n    image: mine\n    build: .\n  c:\n    image: ${IMAGE}\n",
                "a release, an own build, a name from outside",
            ),
        ),
    ),
    check(
        "CFG-054",
        Severity.LOW,
        _COMPOSE,
        _env_files,
        title=("Keep a file of secrets beside the code", "把密钥文件放在代码旁"),
        says=("{service} reads {file}, which lies in what was scanned.", "{service} 读取 {file}，该文件就在所扫描的目录中。"),
        change=(
            "Keep it out of version control (.gitignore), and commit a template without values.",
            "用 .gitignore 将其排除出版本库，只提交不含值的模板。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-538",),
        fires=((_S + "    env_file: .env\n", "one file"),),
        quiet=((_S + "    env_file: .env.example\n", "a template"),),
    ),
)
