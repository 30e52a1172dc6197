"""GitLab pipelines: parts from elsewhere that can change, words of strangers, rights that jobs should not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.gathering import gitlab_jobs
from periderm.engines.config.images import is_commit, reference
from periderm.engines.config.services import is_true
from periderm.model.build_file import FileKind, Listing, Mapping, Node, Scalar, every_scalar
from periderm.model.severity import Severity
from periderm.model.text import Text

_GITLAB = FileKind.GITLAB
_STRANGE = (
    r"CI_COMMIT_(?:MESSAGE|TITLE|DESCRIPTION|BRANCH|REF_NAME|TAG|AUTHOR|TAG_MESSAGE)|CI_MERGE_REQUEST_(?:TITLE|DESCRIPTION|SOURCE_BRANCH_NAME|LABELS|MILESTONE)|"
    r"CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"
)
_EVALUATED = re.compile(
    rf"(?:\beval\s+|\b(?:ba|da|z|k)?sh\s+(?:-\w+\s+){{0,3}}-\w*c\s+|\bssh\s[^\n'\"]{{1,200}}|\bpython3?\s+-c\s+|\bnode\s+-e\s+|\bperl\s+-e\s+)\"[^\"\n]{{0,500}}\$\{{?(?P<q>{_STRANGE})\b|\beval\s[^\n'\"]{{0,200}}\$\{{?(?P<e>{_STRANGE})\b"
    rf"|\b(?:echo|printf)\s[^\n|;']{{0,300}}\$\{{?(?P<p>{_STRANGE})\b[^\n|;']{{0,200}}\|\s*(?:sudo\s+)?(?:ba|da|z|k)?sh(?=\s|;|$)"
)
_SECURITY = re.compile(
    r"(?i)\b(?:sast|dast|secret[-_ ]?detection|secret[-_ ]?scan\w*|dependency[-_ ]?scan\w*|container[-_ ]?scan\w*|security[-_ ]?\w*|trivy|grype|semgrep|gitleaks|snyk|checkov|trufflehog|periderm|bandit|gosec|hadolint)\b"
)
_DEPLOY = re.compile(r"(?i)^(?:prod|production|live|release|main)\b")


def _places(facts: Facts) -> Iterator[Mapping]:
    """Where images and services may stand: the file itself, `default`, each job."""
    yield facts.tree
    yield from (job for _, job in gitlab_jobs(facts.tree))


def _named(node: Node | None) -> Scalar | None:
    if isinstance(node, Mapping):
        node = node.get("name")
    return node if isinstance(node, Scalar) and node.text else None


def _images(facts: Facts) -> Iterator[Hit]:
    for place in _places(facts):
        services = place.get("services")
        for one in (place.get("image"), *(services.items if isinstance(services, Listing) else ())):
            image = _named(one)
            if image is not None and reference(image.text).moves:
                change = Text(
                    f"Write `{reference(image.text).name}:VERSION@sha256:…`.",
                    f"写成 `{reference(image.text).name}:VERSION@sha256:…`。",
                )
                yield Hit(line=image.line, values={"image": image.text}, change=change)


def _includes(facts: Facts) -> Iterator[tuple[str, Mapping, Scalar]]:
    """(kind, the entry, its text) of each include."""
    found = facts.tree.get("include")
    for one in found.items if isinstance(found, Listing) else (found,):
        if isinstance(one, Scalar):
            if one.text.startswith(("https://", "http://")):
                yield "remote", Mapping({}, one.line), one
        elif isinstance(one, Mapping):
            for kind in ("remote", "project", "component"):
                value = one.get(kind)
                if isinstance(value, Scalar):
                    yield kind, one, value


def _remote(facts: Facts) -> Iterator[Hit]:
    for kind, entry, value in _includes(facts):
        plain = value.text.startswith("http://")
        if kind == "remote" and (plain or not entry.text("integrity").startswith("sha256-")):
            yield Hit(line=value.line, values={"address": value.text}, severity=Severity.HIGH if plain else None)


def _projects(facts: Facts) -> Iterator[Hit]:
    for kind, entry, value in _includes(facts):
        ref = entry.text("ref")
        if kind == "project" and not is_commit(ref) and "$" not in ref:
            severity = Severity.INFORMATIONAL if re.fullmatch(r"v?\d+(?:\.\d+)*", ref) else None
            yield Hit(line=value.line, values={"what": f"{value.text}@{ref or 'HEAD'}"}, severity=severity)
        elif kind == "component":
            _, _, version = value.text.partition("@")
            if version in ("", "~latest") or not (
                is_commit(version) or re.fullmatch(r"v?\d+(?:\.\d+)*(?:[-+][\w.]+)?", version) or "$" in version
            ):
                yield Hit(line=value.line, values={"what": value.text})


def _variables(facts: Facts) -> Iterator[tuple[str, str, int]]:
    for place in _places(facts):
        for key, value in place.mapping("variables").items():
            text = value.text if isinstance(value, Scalar) else value.text("value") if isinstance(value, Mapping) else ""
            yield key.text, text, key.line


def _trace(facts: Facts) -> Iterator[Hit]:
    for name, value, line in _variables(facts):
        if name in ("CI_DEBUG_TRACE", "CI_DEBUG_SERVICES") and is_true(value):
            yield Hit(line=line, values={"name": name}, severity=None if name == "CI_DEBUG_TRACE" else Severity.MEDIUM)


def _docker(facts: Facts) -> Iterator[Hit]:
    for name, value, line in _variables(facts):
        if name == "DOCKER_HOST" and re.fullmatch(r"tcp://[\w.-]+:2375/?", value):
            yield Hit(line=line, values={"setting": f"{name}: {value}"})
        elif name == "DOCKER_TLS_CERTDIR" and not value:
            yield Hit(line=line, values={"setting": 'DOCKER_TLS_CERTDIR: ""'})


def _forgiven(facts: Facts) -> Iterator[Hit]:
    for key, job in gitlab_jobs(facts.tree):
        allowed = job.key("allow_failure")
        text = key.text + " " + " ".join(s.text for s in every_scalar(job.get("script")))[:2000]
        if allowed is not None and is_true(job.text("allow_failure")) and _SECURITY.search(text):
            yield Hit(line=allowed.line, start=key.line, values={"job": key.text})


def _strange(facts: Facts) -> Iterator[Hit]:
    for place in _places(facts):
        for part in ("before_script", "script", "after_script"):
            for scalar in every_scalar(place.get(part)):
                placed = scalar.script()
                for match in _EVALUATED.finditer(scalar.text):
                    yield Hit(line=placed.line_at(match.start()), values={"name": match["q"] or match["e"] or match["p"]})


def _deployed(facts: Facts) -> Iterator[Hit]:
    for key, job in gitlab_jobs(facts.tree):
        environment = job.text("environment") or job.text("environment", "name")
        if not _DEPLOY.match(environment) or (job.text("environment", "action") in ("verify", "prepare", "access")):
            continue
        rules = job.get("rules")
        for rule in rules.items if isinstance(rules, Listing) else ():
            if not isinstance(rule, Mapping) or rule.text("when") in ("manual", "never"):
                continue
            condition = rule.text("if")
            if (
                re.search(
                    r"CI_PIPELINE_SOURCE\s*==\s*['\"](?:external_pull_request_event|merge_request_event)['\"]|^\s*\$CI_MERGE_REQUEST_IID\s*$",
                    condition,
                )
                and "&&" not in condition
            ):
                yield Hit(line=rule.line, start=key.line, values={"job": key.text, "environment": environment})


DETECTORS = (
    check(
        "CFG-073",
        Severity.LOW,
        _GITLAB,
        _images,
        title=("Run a job in an image that moves", "在会变动的镜像中运行任务"),
        says=("{image} is another image after each release.", "{image} 在每次发布后都会变成另一个镜像。"),
        change=("Name the release, and best the digest.", "写明发布版本，最好加上摘要。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        fires=(
            ("image: python\na:\n  script: [x]\n", "for all jobs"),
            ("a:\n  image: {name: 'x:latest'}\n  services: [redis]\n  script: [x]\n", "a job's own"),
        ),
        quiet=(("image: python:3.12.4\na:\n  image: $CI_REGISTRY_IMAGE:latest\n  script: [x]\n", "a release, an own image"),),
    ),
    check(
        "CFG-074",
        Severity.MEDIUM,
        _GITLAB,
        _remote,
        title=("Include a pipeline from an address without its digest", "包含远程流水线而无摘要"),
        says=("{address} is run as it is on the day of the pipeline.", "{address} 按流水线运行当天的内容执行。"),
        change=(
            "Add `integrity: sha256-…`, or copy the file into the repository.",
            "加上 `integrity: sha256-…`，或把文件复制进仓库。",
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-829", "CWE-494"),
        references=("https://docs.gitlab.com/ci/yaml/",),
        fires=(
            ("include:\n  - remote: https://x.example/a.yml\n", "no digest"),
            ("include: https://x.example/a.yml\n", "the short form"),
        ),
        quiet=(
            (
                "include:\n  - remote: https://x.example/a.yml\n    integrity: sha256-BozLjE+uzwZJEC5jBWZoJ+ZfvcTiBlj80d0CsVi+ZsI=\n  - local: /b.yml\n",
                "a digest; an own file",
            ),
        ),
    ),
    check(
        "CFG-075",
        Severity.LOW,
        _GITLAB,
        _projects,
        title=("Include a pipeline that its owner can move", "包含所有者可改动的流水线"),
        says=("{what} can change without a change here.", "{what} 可在此处毫无改动的情况下改变。"),
        change=("Name a commit: `ref: COMMIT`, or a component's release.", "写明提交：`ref: COMMIT`，或组件的发布版本。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        fires=(
            ("include:\n  - project: a/b\n    file: /c.yml\n", "no reference"),
            ("include:\n  - component: x.example/a/b@~latest\n", "the newest"),
        ),
        quiet=(
            (
                "include:\n  - project: a/b\n    ref: "
                + "0" * 40
                + "\n    file: /c.yml\n  - component: x.example/a/b@1.2.3\n  - template: Jobs/SAST.gitlab-ci.yml\n",
                "a commit, a release, GitLab's own",
            ),
        ),
    ),
    check(
        "CFG-076",
        Severity.HIGH,
        _GITLAB,
        _trace,
        title=("Write every variable into the log", "把所有变量写进日志"),
        says=("{name} prints all variables, secrets too.", "{name} 会打印所有变量，包括密钥。"),
        change=("Take it out.", "去掉它。"),
        techniques=("T1552",),
        weaknesses=("CWE-532",),
        references=("https://docs.gitlab.com/ci/variables/",),
        fires=(('variables:\n  CI_DEBUG_TRACE: "true"\na:\n  script: [x]\n', "for all jobs"),),
        quiet=(('variables:\n  CI_DEBUG_TRACE: "false"\na:\n  script: [x]\n', "off"),),
    ),
    check(
        "CFG-077",
        Severity.MEDIUM,
        _GITLAB,
        _docker,
        title=("Open the runtime of a job without encryption", "任务的容器运行时未加密"),
        says=(
            "{setting}: whoever reaches the job's network controls its privileged runtime.",
            "{setting}：能接入任务网络的人就能控制其特权运行时。",
        ),
        change=(
            "Leave TLS on (port 2376, `DOCKER_TLS_CERTDIR: /certs`), or build without a daemon (buildah, kaniko).",
            "保持 TLS（端口 2376，`DOCKER_TLS_CERTDIR: /certs`），或使用无守护进程的构建（buildah、kaniko）。",
        ),
        techniques=("T1610",),
        weaknesses=("CWE-319",),
        fires=(
            ("variables:\n  DOCKER_HOST: tcp://docker:2375\na:\n  script: [x]\n", "the open port"),
            ("a:\n  variables: {DOCKER_TLS_CERTDIR: ''}\n  script: [x]\n", "TLS off"),
        ),
        quiet=(("variables:\n  DOCKER_HOST: tcp://docker:2376\n  DOCKER_TLS_CERTDIR: /certs\na:\n  script: [x]\n", "TLS on"),),
    ),
    check(
        "CFG-078",
        Severity.LOW,
        _GITLAB,
        _forgiven,
        title=("Skip what a security check says", "忽略安全检查的结果"),
        says=("{job} may fail without stopping anything.", "{job} 失败也不会阻止任何事。"),
        change=(
            "Take `allow_failure` out, and except single findings with a reason.",
            "去掉 `allow_failure`，对个别弱点注明理由加以例外。",
        ),
        weaknesses=("CWE-693",),
        fires=(("trivy scan:\n  script: [trivy image x]\n  allow_failure: true\n", "a scanner"),),
        quiet=(("lint:\n  script: [make lint]\n  allow_failure: true\n", "another job"),),
    ),
    check(
        "CFG-079",
        Severity.HIGH,
        _GITLAB,
        _strange,
        title=("Run a stranger's words as a command", "把陌生人写的文字当作命令运行"),
        says=(
            "{name} is put into a command that another shell reads: quotes and `$(…)` in it are code.",
            "{name} 被填入另一个 shell 读取的命令：其中的引号和 `$(…)` 会成为代码。",
        ),
        change=(
            "Put the inner script in single quotes, so that its own shell reads the variable: `sh -c '… \"$NAME\"'`.",
            "把内层脚本放进单引号，让其自身的 shell 读取变量：`sh -c '… \"$NAME\"'`。",
        ),
        techniques=("T1059.004",),
        weaknesses=("CWE-78",),
        fires=(
            ('a:\n  script:\n    - sh -c "echo $CI_COMMIT_MESSAGE"\n', "another shell"),
            ("a:\n  script:\n    - eval echo $CI_COMMIT_REF_NAME\n", "eval"),
            ("a:\n  script:\n    - echo $CI_COMMIT_TITLE | sh\n", "a pipe into a shell"),
        ),
        quiet=(
            (
                'a:\n  script:\n    - echo "$CI_COMMIT_MESSAGE"\n    - sh -c \'echo "$CI_COMMIT_MESSAGE"\'\n',
                "a variable stays one",
            ),
            ('a:\n  script:\n    - echo "$CI_COMMIT_TITLE" | shasum | tee out.sh\n', "a pipe into another program"),
        ),
    ),
    check(
        "CFG-080",
        Severity.MEDIUM,
        _GITLAB,
        _deployed,
        title=("Run a deployment for every merge request", "每个合并请求都会触发部署"),
        says=(
            "{job} deploys to {environment} in merge request pipelines, before anybody has merged.",
            "{job} 在合并请求流水线中就部署到 {environment}，此时尚未有人合并。",
        ),
        change=(
            "Ask `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`, and protect the environment.",
            "改为判断 `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`，并保护该环境。",
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-284",),
        fires=(
            (
                'deploy:\n  script: [x]\n  environment: production\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n',
                "a merge request",
            ),
        ),
        quiet=(
            (
                "deploy:\n  script: [x]\n  environment: production\n  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n",
                "the main branch",
            ),
            (
                'review:\n  script: [x]\n  environment: review/$CI_COMMIT_REF_SLUG\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n',
                "an environment to look at",
            ),
        ),
    ),
)
