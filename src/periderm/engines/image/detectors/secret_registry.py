"""Finds tokens of package and image registries in files: whoever has one can publish in your name."""

from __future__ import annotations

import re
from base64 import b64encode

from periderm.engines.image.checks import crc32_at_end, generated, macaroon, names_a_user, with_crc32
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, HEX, LOWER, WORD, Some, filler, named, token
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_PYPI = "https://github.com/pypi/warehouse/tree/main/docs/user"
_JFROG = "https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\[nrt]))"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token(
        "npm-token", Text("npm token", "npm 令牌"), b"npm_", Some(ALNUM, 36), check=crc32_at_end, finish=with_crc32,
        start=_NO_WORD,
        source="https://github.blog/security/announcing-npms-new-access-token-format",
    ),
    SecretPattern(
        name="npmrc-auth-token",
        what=Text("token in .npmrc", ".npmrc 中的令牌"),
        quick=rb":_(authToken|auth|password)\s{0,2}=",
        exact=rb":_(?:authToken|auth|password)[ \t]{0,2}=[ \t]{0,2}\"?(?P<secret>[A-Za-z0-9/+=_.-]{8,400})",
        entropy=2.5,
        paths=re.compile(r"(^|/)\.?npmrc$").search,
        examples=lambda: (b"//registry.internal/:_authToken=" + filler("npmrc", HEX, 32) + b"\n",),
        alike=lambda: (b"//registry.internal/:_authToken=${NPM_TOKEN}\n",),
        place="root/.npmrc",
        show=0,
        source="https://github.com/npm/cli/blob/latest/docs/lib/content/configuring-npm/npmrc.md",
    ),
    SecretPattern(
        name="yarnrc-auth-token",
        what=Text("token in .yarnrc.yml", ".yarnrc.yml 中的令牌"),
        quick=rb"npmAuth(Token|Ident):",
        exact=rb"npmAuth(?:Token|Ident):[ \t]{1,4}[\"']?(?P<secret>[A-Za-z0-9/+=_.:-]{8,400})",
        entropy=2.5,
        paths=re.compile(r"(^|/)\.yarnrc\.yml$").search,
        examples=lambda: (b'npmAuthToken: "' + filler("yarnrc", HEX, 32) + b'"\n',),
        alike=lambda: (b'npmAuthToken: "${NPM_TOKEN}"\n',),
        place="app/.yarnrc.yml",
        show=0,
        source="https://yarnpkg.com/configuration/yarnrc#npmAuthToken",
    ),
    token(
        "pypi-token", Text("PyPI token", "PyPI 令牌"), b"pypi-AgEIcHlwaS5vcmc", Some(WORD, 50, 1000), source=_PYPI,
        grade=lambda secret: None if macaroon(secret) else Severity.MEDIUM, show=5,
    ),
    token(
        "testpypi-token", Text("TestPyPI token", "TestPyPI 令牌"), b"pypi-AgENdGVzdC5weXBpLm9yZw", Some(WORD, 50, 1000),
        source=_PYPI, severity=Severity.LOW, show=5,
    ),
    token(
        "rubygems-token", Text("RubyGems key", "RubyGems 密钥"), b"rubygems_", Some(HEX, 48),
        source="https://guides.rubygems.org/api-key-scopes/",
    ),
    token(
        "docker-hub-token", Text("Docker Hub token", "Docker Hub 令牌"), (b"dckr_pat_", b"dckr_oat_"), Some(WORD, 27, 40),
        source="https://docs.docker.com/security/access-tokens/", entropy=3.5,
    ),
    SecretPattern(
        name="container-registry-login",
        what=Text("login to an image registry", "镜像仓库登录信息"),
        quick=rb'"auth"\s{0,4}:\s{0,4}"[A-Za-z0-9+/=]{8}',
        exact=rb'"auth"\s{0,4}:\s{0,4}"(?P<secret>[A-Za-z0-9+/]{8,2000}={0,2})"',
        check=names_a_user,
        paths=re.compile(r"(^|/)(\.docker/config|config|auth|\.dockerconfigjson|\.dockercfg)(\.json)?$").search,
        examples=lambda: (b'{"auths": {"r.internal": {"auth": "' + b64encode(b"deploy:" + filler("auths", ALNUM,
        14)) + b'"}}}\n',),
        alike=lambda: (b'{"auths": {"r.internal": {"auth": "' + b64encode(filler("auths", ALNUM, 21)) + b'"}}}\n',),
        place="root/.docker/config.json",
        show=0,
        source="https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md",
    ),
    SecretPattern(
        name="registry-identity-token",
        what=Text("identity token of an image registry", "镜像仓库身份令牌"),
        quick=rb'"(identitytoken|registrytoken)"\s{0,4}:\s{0,4}"[A-Za-z0-9+/=._-]{16}',
        exact=rb'"(?:identitytoken|registrytoken)"\s{0,4}:\s{0,4}"(?P<secret>[A-Za-z0-9+/=._-]{16,4000})"',
        entropy=3.0,
        examples=lambda: (b'{"auths": {"r.internal": {"identitytoken": "' + filler("identity", WORD, 80) + b'"}}}\n',),
        alike=lambda: (b'{"auths": {"r.internal": {"identitytoken": ""}}}\n',),
        show=0,
        source="https://docs.docker.com/reference/cli/docker/login/",
    ),
    token("nuget-key", Text("NuGet API key", "NuGet API 密钥"), b"oy2", Some(LOWER, 43),
        source="https://learn.microsoft.com/en-us/nuget/nuget-org/publish-a-package", binary=False),
    token("crates-token", Text("Rust package registry token", "Rust 软件包仓库令牌"), b"cio", Some(ALNUM, 32),
        check=generated, changed=False, source="https://doc.rust-lang.org/cargo/reference/publishing.html", binary=False),
    token("clojars-token", Text("Clojars token", "Clojars 令牌"), b"CLOJARS_", Some(HEX, 60),
        source="https://github.com/clojars/clojars-web/wiki/Deploy-Tokens"),
    token("artifactory-key", Text("Artifactory API key", "Artifactory API 密钥"), b"AKCp", Some(ALNUM, 69), check=generated,
        changed=False, source=_JFROG),
    token("artifactory-reference-token", Text("Artifactory reference token", "Artifactory 引用令牌"), b"cmVmdGtuO", Some(ALNUM,
        55), source=_JFROG),
    named("jfrog-token", Text("JFrog identity token", "JFrog 身份令牌"), (b"jfrog", b"artifactory"), Some(ALNUM, 64),
        suffix=b"_token", source=_JFROG),
    token("packagist-token", Text("Packagist token", "Packagist 令牌"), (b"packagist_ort_", b"packagist_out_",
        b"packagist_ack_", b"packagist_uut_"),
        Some(HEX, 68), source="https://packagist.com/docs/composer-authentication"),
    named("cloudsmith-api-key", Text("Cloudsmith API key", "Cloudsmith API 密钥"), (b"cloudsmith",), Some(ALNUM, 40),
        source="https://help.cloudsmith.io/docs/api-key"),
)
# fmt: on

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
