"""Finds keys of cloud providers in files. Does not ask the provider whether a key still works.

Shapes: the providers' own documentation of their key formats.
"""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

PATTERNS = (
    SecretPattern(
        name="aws-access-key",
        what=Text("AWS access key id", "AWS 访问密钥 ID"),
        quick=rb"A[KS]IA[A-Z2-7]{16}",
        exact=re.compile(rb"(?<![A-Za-z0-9+/])(?P<secret>A[KS]IA[A-Z2-7]{16})(?![A-Za-z0-9+/=])"),
        entropy=2.8,
    ),
    SecretPattern(
        name="aws-secret-key",
        what=Text("AWS secret access key", "AWS 私有访问密钥"),
        quick=rb"(?i)secret_?(access_?)?key.{0,8}[A-Za-z0-9/+]{40}",
        exact=re.compile(
            rb"(?i)secret_?(?:access_?)?key['\"]?[ \t]{0,3}[:=][ \t]{0,3}['\"]?(?P<secret>[a-z0-9/+]{40})(?![a-z0-9/+=])"
        ),
        entropy=4.0,
    ),
    SecretPattern(
        name="google-api-key",
        what=Text("Google API key", "Google API 密钥"),
        quick=rb"AIza[0-9A-Za-z_-]{35}",
        exact=re.compile(rb"(?<![0-9A-Za-z_-])(?P<secret>AIza[0-9A-Za-z_-]{35})(?![0-9A-Za-z_-])"),
        entropy=3.5,
        severity=Severity.HIGH,
    ),
    SecretPattern(
        name="google-service-account",
        what=Text("Google service account key", "Google 服务账号密钥"),
        quick=rb'"private_key_id"\s{0,4}:\s{0,4}"[0-9a-f]{40}"',
        exact=re.compile(rb'"private_key_id"\s{0,4}:\s{0,4}"(?P<secret>[0-9a-f]{40})"'),
        entropy=3.0,
    ),
    SecretPattern(
        name="azure-storage-key",
        what=Text("Azure storage account key", "Azure 存储账户密钥"),
        quick=rb"AccountKey=[A-Za-z0-9+/]{86}==",
        exact=re.compile(rb"AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)"),
        entropy=4.5,
    ),
    SecretPattern(
        name="digitalocean-token",
        what=Text("DigitalOcean token", "DigitalOcean 令牌"),
        quick=rb"do[opr]_v1_[a-f0-9]{64}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>do[opr]_v1_[a-f0-9]{64})(?![A-Za-z0-9])"),
        show=7,
    ),
    SecretPattern(
        name="alibaba-access-key",
        what=Text("Alibaba Cloud access key id", "阿里云 AccessKey ID"),
        quick=rb"LTAI[A-Za-z0-9]{12}",
        exact=re.compile(
            rb"(?<![A-Za-z0-9+/_-])(?P<secret>LTAI(?:[A-Za-z0-9]{20}|[A-Za-z0-9]{16}|[A-Za-z0-9]{12}))(?![A-Za-z0-9+/=_-])"
        ),
        entropy=3.3,
    ),
    SecretPattern(
        name="vault-token",
        what=Text("HashiCorp Vault token", "HashiCorp Vault 令牌"),
        quick=rb"hv[sbr]\.[A-Za-z0-9_-]{24}",
        exact=re.compile(rb"(?<![A-Za-z0-9_.])(?P<secret>hv[sbr]\.[A-Za-z0-9_-]{24,300})"),
        entropy=3.5,
    ),
)

_KEY = b"AKIA" + b"Q7ZR2NVW4XKB6TJD"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-001",
    title=Text("Keep a cloud provider's key in the image", "镜像中留有云厂商密钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.CRITICAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the key at the provider, remove it from the build, and hand it over at run time (identity or mounted secret).",
        "在云厂商处吊销该密钥，从镜像构建中移除，改为在运行时提供（工作负载身份或挂载的密钥）。",
    ),
    techniques=("T1552.001",),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/config.ini", b"key = " + _KEY + b"\n"),),)),
            "a live-looking key id in a configuration file",
        ),
        Example(
            GivenImage(
                layers=(
                    (GivenFile("root/.aws/credentials", b"[default]\naws_access_key_id=" + _KEY),),
                    (GivenFile("root/.aws/.wh.credentials"),),
                )
            ),
            "a later layer deletes the file, the layer below keeps it",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("doc/readme", b"key = AKIAIOSFODNN7" + b"EXAMPLE\n"),),)),
            "the key of the provider's documentation",
        ),
        Example(GivenImage(layers=((GivenFile("data", b"xx" + _KEY + b"yy"),),)), "the same letters inside a longer word"),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
