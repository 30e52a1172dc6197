"""Workflows that run what strangers write: their code with this repository's rights, or their words as commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.workflows import (
    OWN_CODE,
    TRUSTED_RUN,
    Step,
    Tainted,
    by_job,
    expressions,
    scripts,
    steps,
    triggers,
    untrusted,
    variables_of,
)
from periderm.model.build_file import FileKind, Scalar
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_KINDS = (FileKind.WORKFLOW, FileKind.ACTION)
_HEAD = re.compile(
    r"github\.event\.pull_request\.head\.(?:sha|ref)|github\.head_ref|refs/pull/|github\.event\.pull_request\.merge_commit_sha|github\.event\.workflow_run\.head_(?:sha|branch)|workflow_run\.head_commit\.id"
)
_FETCHED = re.compile(r"gh\s+pr\s+checkout|git\s+(?:fetch|pull)\s[^\n]{0,200}(?:pull/|refs/pull)")
_BOT = re.compile(r"github\.(?:actor|triggering_actor)\s*==\s*['\"][\w.-]+\[bot\]['\"]|contains\(.{0,80}github\.actor\s*\)")
_BUILD_TOOLS = re.compile(
    r"\b(?:npm|yarn|pnpm|make|mvn|gradle|cargo|pip|poetry|go|bundle|tox|pytest|composer|dotnet|cmake|docker|bash|sh|python3?|node|npx)\b"
)


def _guarded(step: Step) -> bool:
    """Whether a condition keeps the code of forks away."""
    return bool(OWN_CODE.search(step.job_body.text("if") + " " + step.body.text("if")))


def _foreign_checkout(facts: Facts) -> Iterator[Hit]:
    events = triggers(facts.tree) & TRUSTED_RUN
    if not events or events <= {"issues", "discussion"}:
        return
    jobs = by_job(facts)
    for step in steps(facts):
        script = step.body.text("run")
        ref = step.body.text("with", "ref")
        takes = (step.uses == "actions/checkout" and _HEAD.search(ref)) or _FETCHED.search(script)
        if not takes or _guarded(step):
            continue
        after = [s for s in jobs.get(step.job, ()) if s.body.line > step.body.line]
        runs = any(
            _BUILD_TOOLS.search(s.body.text("run")) or s.uses.startswith(("./", "docker/build-push-action")) for s in after
        )
        severity = Severity.MEDIUM if step.job_body.get("environment") is not None else Severity.CRITICAL if runs else None
        yield Hit(line=step.line, start=step.body.line, values={"event": ", ".join(sorted(events))}, severity=severity)


def _injection(facts: Facts) -> Iterator[Hit]:
    events = triggers(facts.tree)
    reach = facts.kind is FileKind.ACTION or bool(events & (TRUSTED_RUN | {"workflow_call"}))
    taint = Tainted(facts)
    for step, script in scripts(facts):
        tainted = taint.of(step)
        for expression, line in expressions(script):
            origin = untrusted(expression) or next((tainted[name] for name in variables_of(expression) if name in tainted), "")
            if origin:
                yield Hit(
                    line=line,
                    start=step.body.line,
                    values={"what": origin},
                    severity=None if reach else Severity.MEDIUM,
                    change=_by_variable(expression, script, step),
                )


def _by_variable(expression: str, _script: Scalar, step: Step) -> Text:
    name = re.sub(r"\W+", "_", expression.rpartition(".")[2].strip())[:30].strip("_").upper() or "VALUE"
    shown = "process.env." + name if step.uses else f'"${name}"'
    short = expression if len(expression) <= 100 else expression[:99] + "…"
    return Text(
        f"Give it by the environment: `env: {{{name}: ${{{{ {short} }}}}}}`, and write {shown} in the script.",
        f"通过环境变量传入：`env: {{{name}: ${{{{ {short} }}}}}}`，脚本中写 {shown}。",
    )


def _inputs(facts: Facts) -> Iterator[Hit]:
    # Whoever may start a workflow by hand may change it too; a caller of an action or of a workflow may not.
    if facts.kind is FileKind.WORKFLOW and "workflow_call" not in triggers(facts.tree):
        return
    for step, script in scripts(facts):
        for expression, line in expressions(script):
            match = re.fullmatch(r"(?:github\.event\.)?inputs\.([\w-]+)", expression)
            if match and not _typed(facts, match[1]):
                yield Hit(
                    line=line, start=step.body.line, values={"what": expression}, change=_by_variable(expression, script, step)
                )


def _typed(facts: Facts, name: str) -> bool:
    """Whether an input can only be a number, a truth value or one of a list."""
    for path in (("on", "workflow_call", "inputs", name, "type"), ("on", "workflow_dispatch", "inputs", name, "type")):
        if facts.tree.text(*path) in ("boolean", "number", "choice", "environment"):
            return True
    return False


def _bot(facts: Facts) -> Iterator[Hit]:
    if not triggers(facts.tree) & {"pull_request_target", "workflow_run", "issue_comment"}:
        return
    seen: set[int] = set()
    for step in steps(facts):
        for body in (step.job_body, step.body):
            key = body.key("if")
            if key is not None and key.line not in seen and _BOT.search(body.text("if")):
                seen.add(key.line)
                yield Hit(line=key.line, start=body.line)


def _artifact(facts: Facts) -> Iterator[Hit]:
    if "workflow_run" not in triggers(facts.tree):
        return
    for step in steps(facts):
        other = step.uses == "dawidd6/action-download-artifact" or (
            step.uses == "actions/download-artifact" and step.body.get("with", "run-id") is not None
        )
        if other and not step.body.text("with", "path").startswith(("/tmp", "${{ runner.temp")):
            yield Hit(line=step.line, start=step.body.line)


def _environment_file(facts: Facts) -> Iterator[Hit]:
    if not triggers(facts.tree) & (TRUSTED_RUN | {"workflow_call"}) and facts.kind is not FileKind.ACTION:
        return
    taint = Tainted(facts)
    for step, script in scripts(facts):
        tainted = taint.of(step)
        placed, offset = script.script(), 0
        for line in script.text.split("\n"):
            names = re.findall(r"\$\{?([A-Za-z_]\w*)", line)
            if re.search(r">>\s*\"?\$\{?GITHUB_(?:ENV|PATH)\b", line) and any(n in tainted for n in names):
                yield Hit(line=placed.line_at(offset), start=step.body.line)
            offset += len(line) + 1


_STEPS = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
DETECTORS = (
    check(
        "CFG-055",
        Severity.HIGH,
        FileKind.WORKFLOW,
        _foreign_checkout,
        title=("Run a stranger's code with this repository's rights", "以本仓库权限运行陌生人的代码"),
        says=(
            "Started by {event}, it checks out what a stranger proposed, with secrets and a writing token at hand.",
            "由 {event} 触发，却检出陌生人提交的代码，而密钥和可写令牌就在手边。",
        ),
        change=(
            "Use `pull_request` for what builds or tests, and keep this workflow from any checkout of the head.",
            "构建和测试使用 `pull_request`，本工作流不要检出对方代码。",
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-829", "CWE-284"),
        references=("https://docs.github.com/en/actions/reference/security/secure-use",),
        fires=(
            (
                "on: pull_request_target\n"
                + _STEPS
                + "      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci\n",
                "its head is built",
            ),
            ("on: issue_comment\n" + _STEPS + "      - run: gh pr checkout 1\n", "by the command line"),
        ),
        quiet=(
            (
                "on: pull_request\n"
                + _STEPS
                + "      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n",
                "no secrets are there",
            ),
            (
                "on: pull_request_target\n" + _STEPS + "      - uses: actions/checkout@v4\n      - uses: actions/labeler@v5\n",
                "the base is checked out",
            ),
            (
                "on: pull_request_target\njobs:\n  a:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n        with: {ref: '${{ github.head_ref }}'}\n",
                "only from this repository",
            ),
        ),
    ),
    check(
        "CFG-056",
        Severity.HIGH,
        _KINDS,
        _injection,
        title=("Run a stranger's words as a command", "把陌生人写的文字当作命令运行"),
        says=(
            "{what} is put into a script before it runs: quotes and `$(…)` in it are code.",
            "{what} 在脚本运行前被填入：其中的引号和 `$(…)` 会成为代码。",
        ),
        change=("Give it by an environment variable.", "通过环境变量传入。"),
        techniques=("T1059.004", "T1195.002"),
        weaknesses=("CWE-78", "CWE-94"),
        references=("https://docs.github.com/en/actions/concepts/security/script-injections",),
        fires=(
            (
                "on: issues\n"
                + _STEPS
                + '      - run: |\n          echo a\n          echo "${{ github.event.issue.title }}"\n',
                "a title",
            ),
            (
                "on: pull_request_target\n"
                + _STEPS
                + "      - uses: actions/github-script@v7\n        with:\n          script: console.log('${{ github.head_ref }}')\n",
                "a branch's name in a script",
            ),
            (
                "on: issues\n"
                + _STEPS
                + "      - run: echo ${{ env.T }}\n        env:\n          T: ${{ github.event.issue.body }}\n",
                "by way of a variable that is put in as text",
            ),
        ),
        quiet=(
            (
                "on: issues\n"
                + _STEPS
                + '      - run: echo "$T"\n        env:\n          T: ${{ github.event.issue.title }}\n',
                "the shell's own variable",
            ),
            (
                "on: issues\n"
                + _STEPS
                + "      - run: x ${{ contains(github.event.issue.title, 'a') }} ${{ github.event.issue.number }}\n",
                "a test, a number",
            ),
        ),
    ),
    check(
        "CFG-057",
        Severity.LOW,
        _KINDS,
        _inputs,
        title=("Run an input's text as a command", "把输入参数的文本当作命令运行"),
        says=(
            "{what} is put into a script before it runs: whoever calls this decides what runs.",
            "{what} 在脚本运行前被填入：调用者可决定运行什么。",
        ),
        change=("Give it by an environment variable.", "通过环境变量传入。"),
        techniques=("T1059.004",),
        weaknesses=("CWE-78",),
        references=("https://docs.github.com/en/actions/concepts/security/script-injections",),
        fires=(
            (
                "inputs: {n: {}}\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: echo ${{ inputs.n }}\n",
                "an action's input",
                FileKind.ACTION,
            ),
        ),
        quiet=(
            (
                "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: echo \"$N\"\n      env: {N: '${{ inputs.n }}'}\n",
                "by a variable",
                FileKind.ACTION,
            ),
            (
                "on:\n  workflow_dispatch:\n    inputs:\n      n: {type: boolean}\n"
                + _STEPS
                + "      - run: echo ${{ inputs.n }}\n",
                "a truth value",
            ),
        ),
    ),
    check(
        "CFG-058",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _bot,
        title=("Let in whoever pushed last", "以最后推送者的身份放行"),
        says=(
            "The condition asks who acted last, and not whose change it is: a stranger's change can come with a bot's act.",
            "该条件看的是最后操作者而非改动作者：陌生人的改动可借机器人的操作混入。",
        ),
        change=(
            "Ask `github.event.pull_request.user.login` in its place.",
            "改为判断 `github.event.pull_request.user.login`。",
        ),
        techniques=("T1078",),
        weaknesses=("CWE-290",),
        fires=(
            (
                "on: pull_request_target\njobs:\n  a:\n    if: github.actor == 'dependabot[bot]'\n    runs-on: x\n    steps: [{run: gh pr merge 1}]\n",
                "a bot",
            ),
        ),
        quiet=(
            (
                "on: pull_request_target\njobs:\n  a:\n    if: github.event.pull_request.user.login == 'dependabot[bot]'\n    runs-on: x\n    steps: [{run: gh pr merge 1}]\n",
                "the author",
            ),
        ),
    ),
    check(
        "CFG-059",
        Severity.MEDIUM,
        FileKind.WORKFLOW,
        _artifact,
        title=("Open an artifact that a stranger's run made", "打开陌生人运行产生的产物"),
        says=(
            "Started by workflow_run, it unpacks files of another run, which may be a stranger's, into the workspace.",
            "由 workflow_run 触发，把另一次运行（可能来自陌生人）的文件解包到工作区。",
        ),
        change=(
            "Unpack it below `${{ runner.temp }}`, run nothing of it, and check what is read from it.",
            "解包到 `${{ runner.temp }}` 下，不运行其中任何内容，并校验读取的数据。",
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-829",),
        maturity=Maturity.INCUBATING,
        fires=(
            (
                "on: workflow_run\n"
                + _STEPS
                + "      - uses: actions/download-artifact@v4\n        with: {run-id: '${{ github.event.workflow_run.id }}', name: x}\n",
                "of another run",
            ),
        ),
        quiet=(
            ("on: push\n" + _STEPS + "      - uses: actions/download-artifact@v4\n", "of this run"),
            (
                "on: workflow_run\n"
                + _STEPS
                + "      - uses: actions/download-artifact@v4\n        with: {run-id: 1, path: '${{ runner.temp }}/x'}\n",
                "outside the workspace",
            ),
        ),
    ),
    check(
        "CFG-061",
        Severity.HIGH,
        _KINDS,
        _environment_file,
        title=("Set variables from a stranger's words", "用陌生人的文字设置变量"),
        says=(
            "A stranger's text is written to GITHUB_ENV or GITHUB_PATH: with a line break in it, it sets LD_PRELOAD.",
            "陌生人的文本被写入 GITHUB_ENV 或 GITHUB_PATH：其中的换行可用来设置 LD_PRELOAD。",
        ),
        change=(
            "Write it to GITHUB_OUTPUT with a random delimiter, or pass it on by `env`.",
            "用随机分隔符写入 GITHUB_OUTPUT，或通过 `env` 传递。",
        ),
        techniques=("T1059.004",),
        weaknesses=("CWE-77",),
        fires=(
            (
                "on: issue_comment\n"
                + _STEPS
                + "      - run: echo \"B=$B\" >> $GITHUB_ENV\n        env: {B: '${{ github.event.comment.body }}'}\n",
                "a comment",
            ),
        ),
        quiet=(("on: issue_comment\n" + _STEPS + '      - run: echo "B=1" >> $GITHUB_ENV\n', "a text of its own"),),
    ),
)
