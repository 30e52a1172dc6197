"""Finds JSON web tokens in files: whoever has one is taken for its owner until it expires. Verifies no signature."""

from __future__ import annotations

import json

from periderm.engines.image.checks import decoded, has_header
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_DEMO = {"1234567890", "John Doe", "demo"}  # what manuals put into a token
_ALL_POWERFUL = ("service_role", "supabase_admin", "cluster-admin")


def claims(token: bytes) -> dict[str, object]:
    """The second part as JSON (RFC 7519), {} for what is none."""
    try:
        found = json.loads(decoded(token.split(b".")[1]))
    except (ValueError, IndexError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_signed(token: bytes) -> bool:
    """A header that names an algorithm, and claims that no manual shows."""
    told = claims(token)
    return has_header(token) and bool(told) and not _DEMO & {str(told.get("sub")), str(told.get("name"))}


def grade(token: bytes) -> Severity | None:
    """A token for a service's own role opens everything, and lives for years."""
    return Severity.CRITICAL if claims(token).get("role") in _ALL_POWERFUL else None


_TOKEN = b".".join(
    (
        b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        b"eyJzdWIiOiJkZXBsb3kiLCJhZG0iOnRydWV9",
        b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIoSwNqBdXe1Ck",
    )
)

PATTERNS = (
    SecretPattern(
        name="jwt",
        what=Text("JSON web token", "JSON Web 令牌"),
        quick=rb"eyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10}",
        exact=rb"(?<![A-Za-z0-9_-])(?P<secret>eyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1400})",
        check=is_signed,
        grade=grade,
        show=3,
        binary=True,
        loose=True,
        examples=lambda: (b"token: " + _TOKEN + b"\n",),
        alike=lambda: (b"token: eyJub3RhbGdvcml0aG0iOjF9" + _TOKEN[36:] + b"\n", b"token: " + _TOKEN[:60] + b"\n"),
        source="https://www.rfc-editor.org/rfc/rfc7519",
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-008",
    title=Text("Keep a JSON web token in the image", "镜像中留有 JSON Web 令牌"),
    message=Text(
        "{path} holds: {what}. Whoever has it is taken for its owner until it expires.",
        "{path} 中含有：{what}。持有者在过期前会被当作其主人。",
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
