"""Workflows with parts that others can change: actions, images, caches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.images import is_commit, reference
from periderm.engines.config.services import is_true
from periderm.engines.config.workflows import Step, by_job, expressions, jobs_in, steps, triggers
from periderm.model.build_file import FileKind, Mapping, Scalar, every_scalar
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_KINDS = (FileKind.WORKFLOW, FileKind.ACTION)
_OFFICIAL = ("actions/", "github/")
# Bounded: both parts take the same letters.
_VERSION = re.compile(r"v?\d+(?:\.\d+){0,3}(?:[-+.][\w.]+)?|[\w-]{1,200}[-_/]v?\d[\w.-]{0,200}")
_ONCE = Text("", "")
_TIMES = Text(" (here and {count} times in all)", "（共 {count} 处）")
_SECRET = re.compile(r"(?i)\bsecrets\.(?!GITHUB_TOKEN\b)(\w+)")
_SCANNERS = re.compile(
    r"(?i)trivy|codeql-action/analyze|snyk|semgrep|gitleaks|trufflehog|dependency-review|anchore/scan|grype|checkov|osv-scanner|hadolint|kics|periderm|bandit|gosec|zizmor|scorecard"
)
_PUBLISH = re.compile(
    r"(?i)gh-action-pypi-publish|action-gh-release|goreleaser|release-please|semantic-release|docker/build-push-action|upload-release-asset|changesets/action"
)
_PUBLISHES = re.compile(
    r"\b(?:npm publish|pnpm publish|yarn publish|twine upload|cargo publish|gh release (?:create|upload)|gem push|docker push|mvn [^\n]{0,200}deploy|poetry publish|uv publish)\b"
)


def _third(step: Step) -> bool:
    """Whether a step uses somebody's action that is not in this repository."""
    return bool(step.uses) and bool(step.ref) and not step.uses.startswith(("./", "docker://", "$"))


def _pinned(step: Step) -> bool:
    return is_commit(step.ref) or "${{" in step.ref


def _actions(facts: Facts) -> Iterator[Hit]:
    """Each action once, at its first place: it is pinned everywhere or nowhere."""
    found: dict[str, list[Step]] = {}
    for step in steps(facts):
        image = reference(step.body.text("uses").removeprefix("docker://")) if step.uses.startswith("docker:") else None
        if (image is not None and not image.digest and not image.open) or (
            image is None and _third(step) and not _pinned(step)
        ):
            found.setdefault(step.body.text("uses"), []).append(step)
    for text, places in found.items():
        step = places[0]
        times = _TIMES.fill(count=len(places)) if len(places) > 1 else _ONCE
        severity, change = None, None
        if not step.uses.startswith("docker:"):
            moving = not _VERSION.fullmatch(step.ref)
            official = step.uses.startswith(_OFFICIAL)
            severity = Severity.MEDIUM if moving else Severity.INFORMATIONAL if official else Severity.LOW
            change = Text(
                f"Write the commit: `{step.uses}@COMMIT  # {step.ref}`, and let a bot renew it.",
                f"写明提交：`{step.uses}@COMMIT  # {step.ref}`，并让机器人更新。",
            )
        yield Hit(
            line=step.line, start=step.body.line, values={"action": text, "times": times}, severity=severity, change=change
        )


def _secret_to_moving(facts: Facts) -> Iterator[Hit]:
    for step in steps(facts):
        if (
            not _third(step)
            or _pinned(step)
            or step.uses.startswith((*_OFFICIAL, "docker/", "aws-actions/", "azure/", "google-github-actions/"))
        ):
            continue
        for part in ("with", "env", "secrets"):
            for value in every_scalar(step.body.get(part)):
                match = next((m for e, _ in expressions(value) if (m := _SECRET.search(e))), None)
                if match:
                    yield Hit(
                        line=value.line, start=step.body.line, values={"secret": match[1], "action": f"{step.uses}@{step.ref}"}
                    )


def _caches(step: Step) -> bool:
    kept = step.body.text("with", "cache")
    return step.uses in ("actions/cache", "Swatinem/rust-cache", "actions/cache/save") or (
        step.uses.startswith("actions/setup-") and kept not in ("", "false")
    )


def _cache(facts: Facts) -> Iterator[Hit]:
    events = triggers(facts.tree)
    tags = facts.tree.get("on", "push", "tags") is not None
    release = "release" in events or (tags and facts.tree.get("on", "push", "branches") is None)
    publishing = {job for job, some in by_job(facts).items() if _publishes(some)}
    for step in steps(facts):
        if not _caches(step):
            continue
        if events & {"pull_request_target", "issue_comment"}:
            yield Hit(
                line=step.line,
                start=step.body.line,
                values={"why": Text("strangers start it", "它由陌生人触发")},
                severity=Severity.MEDIUM,
            )
        elif release and step.job in publishing:
            yield Hit(
                line=step.line, start=step.body.line, values={"why": Text("what it makes is published", "其产物会被发布")}
            )


def _publishes(some: list[Step]) -> bool:
    return any(_PUBLISH.search(s.uses) or _PUBLISHES.search(s.body.text("run")) for s in some)


def _forgiven(facts: Facts) -> Iterator[Hit]:
    for step in steps(facts):
        key = step.body.key("continue-on-error")
        if (
            key is not None
            and is_true(step.body.text("continue-on-error"))
            and (_SCANNERS.search(step.uses) or _SCANNERS.search(step.body.text("run")))
        ):
            yield Hit(line=key.line, start=step.body.line)


def _images(facts: Facts) -> Iterator[Hit]:
    for job in jobs_in(facts.tree):
        found = [job.get("container")] + [s for _, s in job.mapping("services").items()]
        for one in found:
            image = one if isinstance(one, Scalar) else one.get("image") if isinstance(one, Mapping) else None
            if isinstance(image, Scalar) and image.text and reference(image.text).moves:
                yield Hit(line=image.line, values={"image": image.text})


_STEPS = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
_C = "0" * 40
DETECTORS = (
    check(
        "CFG-062",
        Severity.LOW,
        _KINDS,
        _actions,
        title=("Run an action that its owner can move", "使用所有者可改动的 action"),
        says=(
            "{action}{times} is a name that its owner, or who took the account over, can point at other code.",
            "{action}{times} 只是名称，其所有者或盗号者可让它指向别的代码。",
        ),
        change=("Write the commit, and let a bot renew it.", "写明提交，并让机器人更新。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        references=("https://docs.github.com/en/actions/reference/security/secure-use",),
        fires=(
            ("on: push\n" + _STEPS + "      - uses: someone/thing@v2\n", "a tag"),
            ("on: push\n" + _STEPS + "      - uses: actions/checkout@main\n", "a branch"),
            ("on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n", "a reusable workflow"),
        ),
        quiet=(
            (
                "on: push\n" + _STEPS + f"      - uses: someone/thing@{_C} # v2\n      - uses: ./.github/actions/x\n",
                "a commit; an own action",
            ),
        ),
    ),
    check(
        "CFG-063",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _secret_to_moving,
        title=("Give a secret to an action that its owner can move", "把密钥交给所有者可改动的 action"),
        says=(
            "{secret} is given to {action}: other code under that name would have it.",
            "{secret} 被交给 {action}：同名的其他代码也能拿到它。",
        ),
        change=("Name the action by its commit.", "用提交号指明该 action。"),
        techniques=("T1195.002", "T1552"),
        weaknesses=("CWE-829", "CWE-522"),
        fires=(
            (
                "on: push\n"
                + _STEPS
                + "      - uses: someone/thing@v2\n        with:\n          token: ${{ secrets.DEPLOY }}\n",
                "a tag",
            ),
        ),
        quiet=(
            (
                "on: push\n"
                + _STEPS
                + f"      - uses: someone/thing@{_C}\n        with: {{token: '${{{{ secrets.DEPLOY }}}}'}}\n",
                "a commit",
            ),
            (
                "on: push\n"
                + _STEPS
                + "      - uses: someone/thing@v2\n        with: {token: '${{ secrets.GITHUB_TOKEN }}'}\n",
                "the run's own token",
            ),
        ),
    ),
    check(
        "CFG-068",
        Severity.LOW,
        FileKind.WORKFLOW,
        _cache,
        title=("Build on a cache that others fill", "基于他人可写的缓存构建"),
        says=(
            "A cache is used although {why}: what lies in it may be a stranger's.",
            "使用了缓存，但{why}：其中内容可能来自陌生人。",
        ),
        change=("Leave the cache out of this workflow.", "在此工作流中不使用缓存。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-349",),
        maturity=Maturity.INCUBATING,
        fires=(
            ("on: pull_request_target\n" + _STEPS + "      - uses: actions/cache@v4\n", "strangers fill it"),
            (
                "on: release\n"
                + _STEPS
                + "      - uses: actions/setup-node@v4\n        with: {cache: npm}\n      - run: npm publish\n",
                "a release is made of it",
            ),
        ),
        quiet=(("on: push\n" + _STEPS + "      - uses: actions/cache@v4\n", "an ordinary build"),),
    ),
    check(
        "CFG-070",
        Severity.LOW,
        FileKind.WORKFLOW,
        _forgiven,
        title=("Skip what a security check says", "忽略安全检查的结果"),
        says=("A security check may fail without stopping anything.", "安全检查失败也不会阻止任何事。"),
        change=(
            "Take `continue-on-error` out, and except single findings with a reason.",
            "去掉 `continue-on-error`，对个别弱点注明理由加以例外。",
        ),
        weaknesses=("CWE-693",),
        fires=(
            (
                "on: push\n" + _STEPS + "      - uses: aquasecurity/trivy-action@v1\n        continue-on-error: true\n",
                "a scanner",
            ),
        ),
        quiet=(("on: push\n" + _STEPS + "      - run: make lint\n        continue-on-error: true\n", "another step"),),
    ),
    check(
        "CFG-071",
        Severity.LOW,
        FileKind.WORKFLOW,
        _images,
        title=("Run a job in an image that moves", "在会变动的镜像中运行任务"),
        says=("{image} is another image after each release.", "{image} 在每次发布后都会变成另一个镜像。"),
        change=("Name the release, and best the digest.", "写明发布版本，最好加上摘要。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        fires=(
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    container: node\n    services: {r: {image: 'redis:latest'}}\n    steps: [{run: x}]\n",
                "no tag, and a tag that moves",
            ),
        ),
        quiet=(
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    container: node:22.3\n    services: {r: {image: '${{ matrix.r }}'}}\n    steps: [{run: x}]\n",
                "a release, an expression",
            ),
        ),
    ),
)
