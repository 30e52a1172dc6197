"""Finds tokens of code forges in files; those with a checksum are verified by it. Asks no forge."""

from __future__ import annotations

import re
from binascii import crc32

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def checksum(body: bytes) -> bytes:
    """Six base-62 digits of the CRC-32 that GitHub puts behind the random part of its tokens.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    value, digits = crc32(body), b""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = _DIGITS[digit : digit + 1] + digits
    return digits


def checksum_holds(token: bytes) -> bool:
    """Whether the token's last six characters are the checksum of what is between them and the prefix."""
    body = token[4:-6]
    return checksum(body) == token[-6:]


PATTERNS = (
    SecretPattern(
        name="github-token",
        what=Text("GitHub token", "GitHub 令牌"),
        quick=rb"gh[pousr]_[A-Za-z0-9]{36}",
        exact=re.compile(rb"(?<![A-Za-z0-9_])(?P<secret>gh[pousr]_[A-Za-z0-9]{36})(?![A-Za-z0-9])"),
        check=checksum_holds,
    ),
    SecretPattern(
        name="github-fine-grained-token",
        what=Text("GitHub fine-grained token", "GitHub 细粒度令牌"),
        quick=rb"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        exact=re.compile(rb"(?<![A-Za-z0-9_])(?P<secret>github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9])"),
        entropy=4.0,
        show=11,
    ),
    SecretPattern(
        name="gitlab-token",
        what=Text("GitLab token", "GitLab 令牌"),
        quick=rb"gl(pat|dt|rt|ptt|soat)-[A-Za-z0-9_-]{20}",
        exact=re.compile(rb"(?<![A-Za-z0-9_-])(?P<secret>gl(?:pat|dt|rt|ptt|soat)-[A-Za-z0-9_-]{20,60})"),
        entropy=3.5,
        show=6,
    ),
    SecretPattern(
        name="atlassian-token",
        what=Text("Atlassian API token", "Atlassian API 令牌"),
        quick=rb"ATATT3[A-Za-z0-9_=-]{80}",
        exact=re.compile(rb"(?P<secret>ATATT3[A-Za-z0-9_=-]{80,300})"),
        entropy=4.0,
        show=6,
    ),
)

_BODY = b"q7Rk2mVx9TzLw4BnYc6HsDf8GjPa3E"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-002",
    title=Text("Keep a code forge's token in the image", "镜像中留有代码托管平台令牌"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.CRITICAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the token at the forge. In builds, give it by a secret mount (RUN --mount=type=secret), never by COPY or ARG.",
        "在代码平台吊销该令牌。构建时用密钥挂载（RUN --mount=type=secret）提供，绝不要用 COPY 或 ARG。",
    ),
    techniques=("T1552.001",),
    references=("https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/",),
    fires=(
        Example(
            GivenImage(
                layers=((GivenFile("root/.git-credentials", b"https://x:ghp_" + _BODY + checksum(_BODY) + b"@github.com\n"),),)
            ),
            "a token whose checksum holds",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("src/test.js", b"token = 'ghp_" + _BODY + b"000000'\n"),),)),
            "a made-up token: its checksum is wrong",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
