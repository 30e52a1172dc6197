"""Finds images whose command or environment starts a service that lets everyone in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Options of the services' own programs.
_COMMANDS: tuple[tuple[re.Pattern[str], Text, Severity], ...] = (
    (
        re.compile(r"redis-server\b.*--protected-mode\s+no(?!.*--requirepass)"),
        Text("Redis without a password", "无口令的 Redis"),
        Severity.HIGH,
    ),
    (
        re.compile(r"mysqld\b.*--skip[-_]grant[-_]tables"),
        Text("MySQL that looks at no rights", "跳过权限检查的 MySQL"),
        Severity.HIGH,
    ),
    (
        re.compile(r"mongod\b.*--bind_ip(?:_all|[= ]\S*0\.0\.0\.0)(?!.*--(?:auth|keyFile))"),
        Text("MongoDB without passwords", "无口令的 MongoDB"),
        Severity.HIGH,
    ),
    (
        re.compile(r"jupyter\b.*(?:App|IdentityProvider)\.token=(?:''|\"\")?(?:\s|$)"),
        Text("Jupyter without a token", "无令牌的 Jupyter"),
        Severity.HIGH,
    ),
    (
        re.compile(r"dockerd\b.*(?:-H|--host)[= ]?tcp://(?!127\.|localhost|\[::1\])(?!.*--tlsverify)"),
        Text("Docker's open port", "开放端口的 Docker"),
        Severity.CRITICAL,
    ),
    (
        re.compile(r"\b(?:ttyd|gotty|wetty)\b(?!.*(?:\s-c\s|--credential|-W\s))"),
        Text("a shell in the browser", "浏览器中的 shell"),
        Severity.HIGH,
    ),
    (
        re.compile(r"code-server\b.*--auth[= ]none"),
        Text("an editor with a shell, without a password", "无口令的在线编辑器"),
        Severity.HIGH,
    ),
    (re.compile(r"\b(?:in\.)?telnetd\b"), Text("telnet", "telnet"), Severity.HIGH),
    (
        re.compile(r"etcd\b.*--listen-client-urls[= ]\S*http://0\.0\.0\.0"),
        Text("etcd without certificates", "无证书的 etcd"),
        Severity.MEDIUM,
    ),
)
# Settings of well-known images: (name, value, what).
_SETTINGS: tuple[tuple[re.Pattern[str], Text, Severity], ...] = (
    (
        re.compile(r"POSTGRES_HOST_AUTH_METHOD=trust$"),
        Text("PostgreSQL that trusts whoever connects", "信任任意连接者的 PostgreSQL"),
        Severity.HIGH,
    ),
    (
        re.compile(r"(?:MYSQL|MARIADB)_ALLOW_EMPTY(?:_ROOT)?_PASSWORD=(?:1|yes|true)$", re.IGNORECASE),
        Text("a database whose root has no password", "root 无口令的数据库"),
        Severity.HIGH,
    ),
    (
        re.compile(r"ALLOW_(?:EMPTY_PASSWORD|ANONYMOUS_LOGIN|PLAINTEXT_LISTENER)=(?:1|yes|true)$", re.IGNORECASE),
        Text("a service without a password", "无口令的服务"),
        Severity.MEDIUM,
    ),
    (
        re.compile(r"xpack\.security\.enabled=false$|DISABLE_SECURITY_PLUGIN=true$"),
        Text("a search engine that answers everyone", "对所有人开放的搜索引擎"),
        Severity.HIGH,
    ),
    (re.compile(r"NEO4J_AUTH=none$"), Text("Neo4j without a password", "无口令的 Neo4j"), Severity.HIGH),
    (re.compile(r"JUPYTER_TOKEN=$"), Text("Jupyter without a token", "无令牌的 Jupyter"), Severity.HIGH),
    (
        re.compile(r"GF_AUTH_ANONYMOUS_ORG_ROLE=Admin$"),
        Text("Grafana whose administrator is anybody", "任何人都是管理员的 Grafana"),
        Severity.HIGH,
    ),
    (
        re.compile(r"DOCKER_TLS_CERTDIR=$"),
        Text("Docker in a container, without certificates", "无证书的容器内 Docker"),
        Severity.MEDIUM,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-082",
    title=Text("Start a service that lets everyone in", "启动对所有人开放的服务"),
    message=Text("The image starts {what}: {text}", "镜像启动{what}：{text}"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Take the option or setting away, and give the password to the container when it starts.",
        "删除该选项或设置，并在启动容器时提供口令。",
    ),
    techniques=("T1133", "T1190"),
    fires=(
        Example(GivenImage(config=ImageConfig(command=("redis-server", "--protected-mode", "no"))), "an option of Redis"),
        Example(GivenImage(config=ImageConfig(environment=("POSTGRES_HOST_AUTH_METHOD=trust",))), "a setting of PostgreSQL"),
        Example(GivenImage(config=ImageConfig(entrypoint=("dockerd",), command=("-H", "tcp://0.0.0.0:2375"))), "Docker's port"),
        Example(
            GivenImage(config=ImageConfig(command=("sh", "-c", "jupyter lab --ip=0.0.0.0 --NotebookApp.token='' "))),
            "a notebook",
        ),
    ),
    quiet=(
        Example(GivenImage(config=ImageConfig(command=("redis-server", "/etc/redis.conf"))), "Redis as it is"),
        Example(
            GivenImage(config=ImageConfig(command=("redis-server", "--protected-mode", "no", "--requirepass", "x"))),
            "with a password",
        ),
        Example(
            GivenImage(config=ImageConfig(environment=("POSTGRES_HOST_AUTH_METHOD=scram-sha-256",))), "PostgreSQL that asks"
        ),
        Example(
            GivenImage(config=ImageConfig(entrypoint=("dockerd", "-H", "unix:///run/docker.sock"))), "Docker by its socket"
        ),
        Example(GivenImage(config=ImageConfig(command=("jupyter", "lab", "--ip=0.0.0.0"))), "a notebook with its token"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a command, and for a setting."""
    command = " ".join((*facts.config.entrypoint, *facts.config.command))[:8_192]
    for pattern, what, severity in _COMMANDS:
        found = pattern.search(command)
        if found is not None:
            words = found[0].split()
            text = words[0] if len(words) == 1 else f"{words[0]} … {words[-1][:80]}"  # what is between may hold a secret
            yield Hit(location="config:command", values={"what": what, "text": text}, evidence=text, severity=severity)
            break
    for setting in facts.config.environment:
        for pattern, what, severity in _SETTINGS:
            if pattern.match(setting):
                name = setting.partition("=")[0]
                yield Hit(
                    location=f"env:{name}",
                    values={"what": what, "text": setting[:200]},
                    evidence=setting[:200],
                    severity=severity,
                )


DETECTOR = Detector(SPEC, judge)
