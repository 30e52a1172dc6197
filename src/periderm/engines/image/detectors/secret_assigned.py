"""Finds passwords and keys that are assigned by name in files made for configuration (.env, settings, credentials).

Looks only into files whose name says so: in other texts the same words are code or prose.
"""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FILES = re.compile(
    r"(^|/)(\.env(\.[a-z.]+)?|[^/]+\.env|\.netrc|\.pgpass|\.my\.cnf|credentials|secrets?\.(json|ya?ml|toml|ini|properties)"
    r"|(app|application|settings|config|database|parameters|local)[^/]{0,24}\.(json|ya?ml|toml|ini|properties|conf|cfg|php)"
    r"|wp-config\.php|(docker-)?compose[^/]{0,24}\.ya?ml)$"
)
_SHIPPED = re.compile(r"^usr/(share|lib|src|include)/|/(site|dist)-packages/|/node_modules/")


def made_here(path: str) -> bool:
    """Whether a file is named like a configuration and was not shipped by a distribution or a package."""
    return _FILES.search(path) is not None and _SHIPPED.search(path) is None


PATTERNS = (
    SecretPattern(
        name="assigned-secret",
        what=Text("password or key", "口令或密钥"),
        quick=rb"(?i)(passw(or)?d|passphrase|secret|token|api_?key|private_?key|access_?key)[A-Za-z_\"'\]]{0,16}[ \t]{0,8}[:=]",
        exact=re.compile(
            rb"(?im)^[ \t]*(?:export[ \t]+|[-$\[\"']{0,3})?[A-Z0-9_.-]{0,48}"
            rb"(?:passw(?:or)?d|passphrase|secret|token|api_?key|private_?key|access_?key)"
            rb"[A-Z_]{0,16}[\"'\]]{0,2}[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"']?(?P<secret>[^\s\"'#;,$<>{}\[\]()]{8,256})"
        ),
        entropy=2.5,
        paths=made_here,
        check=lambda secret: (
            not re.fullmatch(rb"(?i)(true|false|null|none|required|optional|disabled|enabled|/[\w./-]+)", secret)
        ),
        show=0,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-010",
    title=Text("Keep a password in a configuration file", "配置文件中留有口令"),
    message=Text("{path} gives a value to a {what}.", "{path} 给{what}赋了值。"),
    severity=Severity.HIGH,
    maturity=Maturity.INCUBATING,
    remediation=Text(
        "Change the password, leave the file out of the image (.dockerignore), and mount it at run time.",
        "更换口令，用 .dockerignore 把该文件排除在镜像之外，并在运行时挂载。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/.env", b"DEBUG=0\nDB_PASSWORD=t7Kq-92xVb\n"),),)),
            "an environment file was copied in",
        ),
        Example(
            GivenImage(layers=((GivenFile("srv/config.yml", b"mail:\n  password: 'Zx81.plover!'\n"),),)),
            "a password in a settings file",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/.env", b"DB_PASSWORD=${FROM_VAULT}\nTOKEN=\n"),),)), "nothing but a reference"
        ),
        Example(
            GivenImage(layers=((GivenFile("usr/share/app/config.yml", b"password: notasecret99x\n"),),)),
            "a file that a distribution ships",
        ),
        Example(
            GivenImage(layers=((GivenFile("app/main.py", b"password = read_password_from_vault\n"),),)),
            "a program, not a configuration",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
