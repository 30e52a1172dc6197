"""Workflows with more rights than they need: tokens, secrets, machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.images import is_commit
from periderm.engines.config.services import is_true
from periderm.engines.config.workflows import FROM_STRANGERS, OWN_CODE, Step, expressions, jobs_in, steps, triggers
from periderm.model.build_file import FileKind, Listing, Mapping, Scalar, every_scalar
from periderm.model.severity import Severity
from periderm.model.text import Text

_KINDS = (FileKind.WORKFLOW, FileKind.ACTION)


def _self_hosted(facts: Facts) -> Iterator[Hit]:
    events = triggers(facts.tree) & FROM_STRANGERS
    if not events:
        return
    for key, job in facts.tree.mapping("jobs").items():
        runner = job.get("runs-on") if isinstance(job, Mapping) else None
        if runner is None or not isinstance(job, Mapping):
            continue
        labels = (
            [runner.text]
            if isinstance(runner, Scalar)
            else [i.text for i in getattr(runner, "items", ()) if isinstance(i, Scalar)]
            if not isinstance(runner, Mapping)
            else []
        )
        if "self-hosted" in labels and not OWN_CODE.search(job.text("if")):
            yield Hit(line=key.line, values={"job": key.text, "event": ", ".join(sorted(events))})


def _missing(facts: Facts) -> Iterator[Hit]:
    events = triggers(facts.tree)
    if facts.tree.get("permissions") is not None or events == {"workflow_call"}:
        return
    jobs = [job for _, job in facts.tree.mapping("jobs").items() if isinstance(job, Mapping)]
    lacking = [job for job in jobs if job.get("permissions") is None]
    key = facts.tree.key("jobs")
    if lacking and key is not None:
        yield Hit(
            line=key.line,
            change=Text(
                "Write `permissions: {contents: read}` above `jobs:`, and more only in the job that needs it.",
                "在 `jobs:` 上方写 `permissions: {contents: read}`，需要更多权限的任务单独声明。",
            ),
        )


def _broad(facts: Facts) -> Iterator[Hit]:
    jobs = facts.tree.mapping("jobs")
    for body, whole in ((facts.tree, True), *((job, False) for _, job in jobs.items() if isinstance(job, Mapping))):
        key, given = body.key("permissions"), body.get("permissions")
        if key is None:
            continue
        if isinstance(given, Scalar) and given.text == "write-all":
            yield Hit(line=key.line, values={"what": "write-all"})
        elif isinstance(given, Mapping) and whole and len(jobs.pairs) > 1:
            names = [
                k.text
                for k, v in given.items()
                if isinstance(v, Scalar)
                and v.text == "write"
                and k.text
                in (
                    "contents",
                    "packages",
                    "actions",
                    "id-token",
                    "deployments",
                    "pages",
                    "checks",
                    "statuses",
                    "security-events",
                )
            ]
            names = [n for n in names if n in ("contents", "packages", "actions", "id-token", "deployments")]
            if names:
                yield Hit(
                    line=key.line,
                    values={"what": ", ".join(f"{n}: write" for n in names) + f" ({len(jobs.pairs)} jobs)"},
                    severity=Severity.LOW,
                )


def _all_secrets(facts: Facts) -> Iterator[Hit]:
    for scalar in every_scalar(facts.tree):
        for expression, line in expressions(scalar):
            if re.search(r"(?i)toJSON\(\s*secrets\s*\)|\bsecrets\[(?!['\"])", expression):
                yield Hit(line=line, values={"what": expression})
    for step in steps(facts):
        key = step.body.key("secrets")
        if key is not None and step.body.text("secrets") == "inherit" and not step.uses.startswith("./"):
            yield Hit(
                line=key.line,
                start=step.body.line,
                values={"what": "secrets: inherit"},
                severity=Severity.MEDIUM if not is_commit(step.ref) else Severity.LOW,
            )


def _commands(facts: Facts) -> Iterator[Hit]:
    places = [facts.tree.mapping("env")]
    for step in steps(facts):
        places += [step.body.mapping("env"), step.job_body.mapping("env")]
    for place in places:
        for name in ("ACTIONS_ALLOW_UNSECURE_COMMANDS", "ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION"):
            key = place.key(name)
            if key is not None and is_true(place.text(name)):
                yield Hit(line=key.line, values={"name": name}, severity=None if "COMMANDS" in name else Severity.LOW)


def _credentials(facts: Facts) -> Iterator[Hit]:
    """The token that a checkout leaves in .git/config goes out with an artifact of the whole folder."""
    kept: dict[str, Step] = {}
    for step in steps(facts):
        if step.uses == "actions/checkout" and step.body.text("with", "persist-credentials") != "false":
            kept[step.job] = step
        elif step.uses == "actions/upload-artifact" and step.job in kept:
            path = step.body.text("with", "path").strip()
            hidden = step.ref in ("v1", "v2", "v3") or is_true(step.body.text("with", "include-hidden-files"))
            if hidden and path in (".", "./", "${{ github.workspace }}", "*", "**", "./**"):
                yield Hit(line=step.line, start=step.body.line)


def _privileged(facts: Facts) -> Iterator[Hit]:
    for job in jobs_in(facts.tree):
        for one in [job.get("container"), *(s for _, s in job.mapping("services").items())]:
            options = one.text("options") if isinstance(one, Mapping) else ""
            volumes = one.get("volumes") if isinstance(one, Mapping) else None
            mounts = " ".join(i.text for i in volumes.items if isinstance(i, Scalar)) if isinstance(volumes, Listing) else ""
            if isinstance(one, Mapping) and (
                re.search(r"--privileged(?!=false)|--cap-add[= ](?:ALL|SYS_ADMIN)|seccomp[=:]unconfined", options)
                or "docker.sock" in mounts
            ):
                key = one.key("options") or one.key("volumes")
                yield Hit(line=key.line if key else one.line)


_STEPS = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
DETECTORS = (
    check(
        "CFG-060",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _self_hosted,
        title=("Run strangers' code on an own machine", "在自有机器上运行陌生人的代码"),
        says=(
            "{job} runs on a self-hosted machine when {event} comes; in a public repository that is anybody's code.",
            "{job} 在 {event} 时运行于自托管机器；若仓库公开，任何人的代码都会运行。",
        ),
        change=(
            "Use hosted runners for what strangers start, or runners that live for one job.",
            "陌生人触发的任务使用托管运行器，或一次性运行器。",
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-284",),
        fires=(
            ("on: [pull_request]\njobs:\n  a:\n    runs-on: [self-hosted, linux]\n    steps: [{run: make}]\n", "pull requests"),
        ),
        quiet=(
            ("on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps: [{run: make}]\n", "pushes"),
            ("on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n", "hosted"),
        ),
    ),
    check(
        "CFG-064",
        Severity.LOW,
        FileKind.WORKFLOW,
        _missing,
        title=("Leave the token's rights to a default", "令牌权限使用默认值"),
        says=(
            "No `permissions`: the token has what the repository's default gives, often writing.",
            "没有 `permissions`：令牌拥有仓库默认权限，常含写权限。",
        ),
        change=("Write `permissions: {contents: read}`.", "写上 `permissions: {contents: read}`。"),
        techniques=("T1078",),
        weaknesses=("CWE-276",),
        references=("https://docs.github.com/en/actions/reference/security/secure-use",),
        fires=(("on: push\n" + _STEPS + "      - run: make\n", "none"),),
        quiet=(
            ("on: push\npermissions: {}\n" + _STEPS + "      - run: make\n", "for all"),
            (
                "on: push\njobs:\n  a:\n    permissions: {contents: read}\n    runs-on: x\n    steps: [{run: make}]\n",
                "for the job",
            ),
        ),
    ),
    check(
        "CFG-065",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _broad,
        title=("Give the token more rights than a job needs", "赋予令牌超出任务所需的权限"),
        says=("The token has {what}.", "令牌拥有 {what}。"),
        change=(
            "Write `permissions: {contents: read}` for the workflow, and the writing right in the one job that needs it.",
            "工作流写 `permissions: {contents: read}`，写权限只给需要的那个任务。",
        ),
        techniques=("T1078",),
        weaknesses=("CWE-250",),
        fires=(
            ("on: push\npermissions: write-all\n" + _STEPS + "      - run: make\n", "everything"),
            (
                "on: push\npermissions:\n  contents: write\njobs:\n  a: {runs-on: x, steps: [{run: a}]}\n  b: {runs-on: x, steps: [{run: b}]}\n",
                "two jobs share it",
            ),
        ),
        quiet=(
            ("on: push\npermissions: read-all\n" + _STEPS + "      - run: make\n", "reading"),
            ("on: push\npermissions: {contents: write}\n" + _STEPS + "      - run: make\n", "one job needs it"),
        ),
    ),
    check(
        "CFG-066",
        Severity.MEDIUM,
        _KINDS,
        _all_secrets,
        title=("Give all secrets away at once", "一次交出所有密钥"),
        says=("{what} hands over every secret, of which one is needed.", "{what} 交出了全部密钥，而只需要其中一个。"),
        change=("Name each secret that is needed.", "逐个写明所需密钥。"),
        techniques=("T1552",),
        weaknesses=("CWE-200",),
        fires=(
            ("on: push\n" + _STEPS + "      - run: x\n        env: {S: '${{ toJSON(secrets) }}'}\n", "as one text"),
            (
                "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n    secrets: inherit\n",
                "to another's workflow",
            ),
        ),
        quiet=(
            ("on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n", "to an own workflow"),
            ("on: push\n" + _STEPS + "      - run: x\n        env: {S: '${{ secrets.S }}'}\n", "one"),
        ),
    ),
    check(
        "CFG-067",
        Severity.HIGH,
        _KINDS,
        _commands,
        title=("Allow commands that were removed for a reason", "允许已被废除的命令"),
        says=("{name} lets whatever is printed set variables and paths.", "{name} 使打印的内容可以设置变量和路径。"),
        change=("Take it out, and write to GITHUB_ENV and GITHUB_PATH.", "去掉它，改为写入 GITHUB_ENV 和 GITHUB_PATH。"),
        techniques=("T1059.004",),
        weaknesses=("CWE-77",),
        fires=(("on: push\nenv:\n  ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n" + _STEPS + "      - run: x\n", "for all"),),
        quiet=(("on: push\nenv:\n  ACTIONS_ALLOW_UNSECURE_COMMANDS: false\n" + _STEPS + "      - run: x\n", "off"),),
    ),
    check(
        "CFG-069",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _credentials,
        title=("Put the token into an artifact", "把令牌放进产物"),
        says=(
            "The whole folder is uploaded with .git/config, in which the checkout left the token.",
            "整个文件夹连同 .git/config 被上传，其中有检出时留下的令牌。",
        ),
        change=(
            "Write `persist-credentials: false` at the checkout, and upload by name.",
            "检出时写 `persist-credentials: false`，并按名称上传。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-522",),
        fires=(
            (
                "on: push\n"
                + _STEPS
                + "      - uses: actions/checkout@v4\n      - uses: actions/upload-artifact@v3\n        with: {path: .}\n",
                "hidden files go along",
            ),
        ),
        quiet=(
            (
                "on: push\n"
                + _STEPS
                + "      - uses: actions/checkout@v4\n        with: {persist-credentials: false}\n      - uses: actions/upload-artifact@v3\n        with: {path: .}\n",
                "no token is left",
            ),
            (
                "on: push\n"
                + _STEPS
                + "      - uses: actions/checkout@v4\n      - uses: actions/upload-artifact@v4\n        with: {path: dist}\n",
                "one folder",
            ),
        ),
    ),
    check(
        "CFG-072",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _privileged,
        title=("Run a job with the host's rights", "以宿主机权限运行任务"),
        says=("The job's container is privileged or has the runtime's socket.", "任务容器拥有特权或运行时套接字。"),
        change=("Take the option out.", "去掉该选项。"),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        fires=(
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    container: {image: 'x:1', options: --privileged}\n    steps: [{run: x}]\n",
                "all rights",
            ),
        ),
        quiet=(
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    container: {image: 'x:1', options: --cpus 1}\n    steps: [{run: x}]\n",
                "a limit",
            ),
        ),
    ),
)
