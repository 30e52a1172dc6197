"""Finds tokens of package and image registries in files: whoever has one can publish in your name."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as BadBase64

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


def names_a_user(value: bytes) -> bool:
    """Whether base64 holds `user:password`, as a container configuration's `auth` does."""
    try:
        user, colon, password = b64decode(value, validate=True).partition(b":")
    except (BadBase64, ValueError):
        return False
    return bool(user and colon and password)


PATTERNS = (
    SecretPattern(
        name="npm-token",
        what=Text("npm token", "npm 令牌"),
        quick=rb"npm_[A-Za-z0-9]{36}",
        exact=re.compile(rb"(?<![A-Za-z0-9_])(?P<secret>npm_[A-Za-z0-9]{36})(?![A-Za-z0-9])"),
        entropy=3.8,
    ),
    SecretPattern(
        name="npmrc-auth-token",
        what=Text("token in .npmrc", ".npmrc 中的令牌"),
        quick=rb":_authToken\s{0,2}=",
        exact=re.compile(rb":_authToken[ \t]{0,2}=[ \t]{0,2}\"?(?P<secret>[A-Za-z0-9/+=_-]{20,400})"),
        entropy=3.0,
        paths=re.compile(r"(^|/)\.?npmrc$").search,
    ),
    SecretPattern(
        name="pypi-token",
        what=Text("PyPI token", "PyPI 令牌"),
        quick=rb"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50}",
        exact=re.compile(rb"(?P<secret>pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000})"),
        show=5,
    ),
    SecretPattern(
        name="rubygems-token",
        what=Text("RubyGems key", "RubyGems 密钥"),
        quick=rb"rubygems_[a-f0-9]{48}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>rubygems_[a-f0-9]{48})(?![A-Za-z0-9])"),
        show=9,
    ),
    SecretPattern(
        name="docker-hub-token",
        what=Text("Docker Hub token", "Docker Hub 令牌"),
        quick=rb"dckr_(pat|oat)_[A-Za-z0-9_-]{27}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,40})"),
        entropy=3.5,
        show=9,
    ),
    SecretPattern(
        name="container-registry-login",
        what=Text("login to an image registry", "镜像仓库登录信息"),
        quick=rb'"auth"\s{0,4}:\s{0,4}"[A-Za-z0-9+/=]{8}',
        exact=re.compile(rb'"auth"\s{0,4}:\s{0,4}"(?P<secret>[A-Za-z0-9+/]{8,2000}={0,2})"'),
        check=names_a_user,
        paths=re.compile(r"(^|/)(\.docker/config|config|auth|\.dockerconfigjson|\.dockercfg)(\.json)?$").search,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-005",
    title=Text("Keep a package registry's token in the image", "镜像中留有软件包仓库令牌"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.CRITICAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the token at the registry, look what was published with it, and give builds a short-lived one by a mount.",
        "在仓库中吊销令牌，检查是否有人用它发布过内容，构建时通过密钥挂载提供短期令牌。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("root/.npmrc", b"//registry.example.net/:_authToken=9f2c7be1d04a8365c1f0b7a2\n"),),)),
            "the package manager's login left behind",
        ),
        Example(
            GivenImage(
                layers=(
                    (
                        GivenFile(
                            "root/.docker/config.json", b'{"auths":{"r.example.net":{"auth":"ZGVwbG95OnNlY3JldDEyMw=="}}}'
                        ),
                    ),
                )
            ),
            "a login to an image registry",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("root/.npmrc", b"//registry.example.net/:_authToken=${NPM_TOKEN}\n"),),)),
            "a variable that is filled in later",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
