"""Finds tokens of code forges in files; those with a checksum are verified by it. Asks no forge."""

from __future__ import annotations

from periderm.engines.image.checks import base62_crc32, crc32_at_end, with_crc32
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, DOTTED, HEX, WORD, Some, named, token
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_GITHUB = "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/"
_GITLAB = "https://docs.gitlab.com/security/tokens/#token-prefixes"
_ATLASSIAN = "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token(
        "github-token", Text("GitHub token", "GitHub 令牌"), (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"), Some(ALNUM, 36),
        source=_GITHUB, check=crc32_at_end, finish=with_crc32, start=_NO_WORD,
    ),
    token(
        "github-fine-grained-token", Text("GitHub fine-grained token", "GitHub 细粒度令牌"), b"github_pat_", Some(ALNUM, 22),
        b"_",
        Some(ALNUM, 59), source=_GITHUB, start=_NO_WORD,
    ),
    token(
        "gitlab-token", Text("GitLab access token", "GitLab 访问令牌"), b"glpat-", Some(DOTTED, 20, 320), source=_GITLAB,
        entropy=3.2, start=_NO_WORD,
    ),
    token("gitlab-deploy-token", Text("GitLab deploy token", "GitLab 部署令牌"), b"gldt-", Some(WORD, 20), source=_GITLAB),
    token(
        "gitlab-runner-token", Text("GitLab runner token", "GitLab Runner 令牌"), (b"glrt-", b"glrtr-", b"glrt-t1_"),
        Some(DOTTED, 20, 320), source=_GITLAB,
    ),
    token(
        "gitlab-registration-token", Text("GitLab runner registration token", "GitLab Runner 注册令牌"), b"GR1348941",
        Some(WORD, 20), source=_GITLAB,
    ),
    token(
        "gitlab-trigger-token", Text("GitLab pipeline trigger token", "GitLab 流水线触发令牌"), b"glptt-", Some(HEX, 40),
        source=_GITLAB,
    ),
    token(
        "gitlab-job-token", Text("GitLab job token", "GitLab 作业令牌"), b"glcbt-", Some(ALNUM, 1, 5), b"_", Some(WORD, 20),
        source=_GITLAB, severity=Severity.MEDIUM,
    ),
    token("gitlab-scim-token", Text("GitLab SCIM token", "GitLab SCIM 令牌"), b"glsoat-", Some(WORD, 20), source=_GITLAB),
    token("gitlab-feed-token", Text("GitLab feed token", "GitLab 订阅令牌"), b"glft-", Some(WORD, 20), source=_GITLAB),
    token("gitlab-mail-token", Text("GitLab incoming mail token", "GitLab 收件令牌"), b"glimt-", Some(WORD, 25),
        source=_GITLAB),
    token("gitlab-agent-token", Text("GitLab Kubernetes agent token", "GitLab Agent 令牌"), b"glagent-", Some(WORD, 50),
        source=_GITLAB),
    token("gitlab-oauth-secret", Text("GitLab OAuth application secret", "GitLab OAuth 应用密钥"), b"gloas-", Some(WORD, 64),
        source=_GITLAB),
    token("gitlab-flag-token", Text("GitLab feature flags token", "GitLab 功能开关令牌"), b"glffct-", Some(WORD, 20),
        source=_GITLAB),
    token(
        "atlassian-token", Text("Atlassian API token", "Atlassian API 令牌"), b"ATATT3", Some(b"A-Za-z0-9_=-", 80, 300),
        source=_ATLASSIAN,
    ),
    token(
        "bitbucket-token", Text("Bitbucket access token", "Bitbucket 访问令牌"), b"ATCTT3", Some(b"A-Za-z0-9_=-", 80, 300),
        source=_ATLASSIAN,
    ),
    token(
        "bitbucket-app-password", Text("Bitbucket app password", "Bitbucket 应用口令"), b"ATBB", Some(ALNUM, 32),
        source=_ATLASSIAN,
    ),
    named(
        "gitea-token", Text("Gitea or Forgejo token", "Gitea 或 Forgejo 令牌"), (b"gitea", b"forgejo", b"codeberg"), Some(HEX,
        40),
        suffix=b"_token", source="https://docs.gitea.com/development/api-usage",
    ),
    token(
        "sourcegraph-token", Text("Sourcegraph token", "Sourcegraph 令牌"), b"sgp_", Some(HEX, 16), b"_", Some(HEX, 40),
        source="https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token",
    ),
)
# fmt: on

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
                layers=(
                    (GivenFile("root/.git-credentials", b"https://x:ghp_" + _BODY + base62_crc32(_BODY) + b"@github.com\n"),),
                )
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
