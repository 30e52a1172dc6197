"""Finds JSON web tokens in files. Does not verify their signatures; the header must be one."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


def has_header(token: bytes) -> bool:
    """Whether the first part decodes to JSON that names an algorithm other than none (RFC 7515, 4.1.1)."""
    head = token.partition(b".")[0]
    try:
        decoded = urlsafe_b64decode(head + b"=" * (-len(head) % 4))
    except (BadBase64, ValueError):
        return False
    return decoded.startswith(b"{") and b'"alg"' in decoded and b'"none"' not in decoded


PATTERNS = (
    SecretPattern(
        name="jwt",
        what=Text("JSON web token", "JSON Web 令牌"),
        quick=rb"eyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10}",
        exact=re.compile(
            rb"(?<![A-Za-z0-9_-])(?P<secret>eyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1400})"
        ),
        check=has_header,
        show=3,
    ),
)

_TOKEN = b".".join(
    (
        b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        b"eyJzdWIiOiJkZXBsb3kiLCJhZG0iOnRydWV9",
        b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSwNqBdXe1Ck",
    )
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-008",
    title=Text("Keep a JSON web token in the image", "镜像中留有 JSON Web 令牌"),
    message=Text(
        "{path} holds a {what}: whoever has it is taken for its owner until it expires.",
        "{path} 中含有{what}：持有者在过期前会被当作其主人。",
    ),
    severity=Severity.MEDIUM,
    maturity=Maturity.INCUBATING,
    remediation=Text(
        "Revoke the session or rotate the signing key, and remove the token from the build.",
        "吊销会话或轮换签名密钥，并从构建中移除该令牌。",
    ),
    techniques=("T1552.001",),
    references=("https://www.rfc-editor.org/rfc/rfc7519",),
    fires=(Example(GivenImage(layers=((GivenFile("app/token", _TOKEN + b"\n"),),)), "a signed token of a deployment"),),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/token", b"eyJub3RhbGdvcml0aG0iOjF9" + _TOKEN[36:] + b"\n"),),)),
            "the first part is no token header",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
