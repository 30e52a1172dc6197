"""Finds addresses of databases and queues that carry a password. Connects to none."""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SCHEMES = rb"(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|clickhouse|ldaps?|ftp|smtps?)"

PATTERNS = (
    SecretPattern(
        name="database-url",
        what=Text("address with a password", "带口令的连接地址"),
        quick=rb"(postgres(ql)?|mysql|mariadb|mongodb(\+srv)?|rediss?|amqps?|mssql|clickhouse|ldaps?|ftp|smtps?)(\+[a-z0-9]{1,16})?://[^\s:@/]{0,64}:[^\s@/]{3}",
        exact=re.compile(
            _SCHEMES
            + rb"(?:\+[a-z0-9]{1,16})?://[^\s:@/'\"<>]{0,64}:(?P<secret>[^\s@/'\"<>$%{}]{3,128})@[A-Za-z0-9\[][A-Za-z0-9_.:\]-]{0,252}"
        ),
        check=lambda secret: secret.lower() not in (b"password", b"pass", b"passwd", b"pwd", b"secret", b"port"),
        show=0,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-009",
    title=Text("Keep a database password in an address", "连接地址中留有数据库口令"),
    message=Text("{path} holds an {what}.", "{path} 中含有{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Change the password, and build the address at run time from a mounted secret.",
        "更换口令，在运行时用挂载的密钥拼出地址。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(
                layers=((GivenFile("app/settings.py", b"DB = 'postgres" + b"ql://shop:t7Kq-92xVb@db.internal:5432/shop'\n"),),)
            ),
            "a program that carries its password",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/settings.py", b"DB = 'postgresql://${USER}:${PASSWORD}@db/shop'\n"),),)),
            "variables that are filled in later",
        ),
        Example(
            GivenImage(layers=((GivenFile("usr/share/doc/x", b"postgresql://user:password@host/db\n"),),)),
            "the form of an address in a manual",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
