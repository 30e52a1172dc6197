"""Secrets that are written into build files, or handed to a build so that they stay in it. Knows names and forms, and no
vendor's tokens: those the image engine finds in the same files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.credentials import is_literal, is_random, is_secret_name, is_throwaway
from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.gathering import gitlab_jobs, jobs_of
from periderm.engines.config.shell import Command
from periderm.model.build_file import FileKind, Listing, Mapping, Scalar
from periderm.model.severity import Severity
from periderm.model.text import Text

_SCRIPTS = (FileKind.CONTAINER, FileKind.WORKFLOW, FileKind.ACTION, FileKind.GITLAB)
_IN_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://([^\s/:@$\"']{1,100}):([^\s/@$\"'{}]{3,200})@")
_BEARER = re.compile(
    r"(?i)\b(?:authorization|private-token|x-api-key|x-auth-token|job-token)\s*:\s*(?:bearer\s+|token\s+|basic\s+)?([A-Za-z0-9_.~+/=-]{8,400})"
)
_OPTION = re.compile(
    r"(?i)^--?(?:password|passwd|pass|token|api-?key|secret|secret-?key|access-?token|auth-?token|client-?secret)=(.{4,400})$"
)
_OPTIONS = re.compile(r"(?i)^--(?:password|passwd|token|api-?key|secret-?key|access-?token|auth-?token|client-?secret)$")
_CONFIG = re.compile(r"(?i)(?:_authToken|_auth|_password)\s*=\s*[\"']?([^\s\"'$]{8,400})")


def _environment(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("ENV", "ARG"):
        for name, value in one.pairs:
            if value and is_secret_name(name) and is_literal(value):
                yield Hit(line=one.line, values={"kind": one.name, "name": name}, hide=value, severity=_severity(value))
            elif value and (match := _IN_URL.search(value)) and is_literal(match[2]):
                yield Hit(line=one.line, values={"kind": one.name, "name": name}, hide=match[2])


def _severity(value: str) -> Severity | None:
    """What a person made up for a try is less than what a machine made."""
    return None if is_random(value) else Severity.LOW if is_throwaway(value) else Severity.MEDIUM


def _arguments(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("ARG", "ENV"):
        for name, value in one.pairs:
            if not is_secret_name(name):
                continue
            if one.name == "ARG" and not value:
                change = Text(
                    f"Take the ARG out, and write `RUN --mount=type=secret,id={name.lower()},env={name} …` where it is used.",
                    f"删除该 ARG，在使用处写 `RUN --mount=type=secret,id={name.lower()},env={name} …`。",
                )
                yield Hit(line=one.line, values={"name": name}, change=change)
            elif one.name == "ENV" and value and re.fullmatch(r"\$\{?\w+\}?", value):
                yield Hit(line=one.line, values={"name": name}, severity=Severity.HIGH)


def _commands(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        secret = _in_command(command)
        if secret:
            yield Hit(line=command.line, start=run.line, values={"program": command.program or "a variable"}, hide=secret)


def _in_command(command: Command) -> str:
    """The first secret that a command holds, '' if there is none."""
    for name, value in command.assigned:
        if is_secret_name(name) and is_literal(value) and is_random(value):
            return value
    words = command.words
    return next((found for number in range(len(words)) if (found := _in_word(command, number))), "")


def _in_word(command: Command, number: int) -> str:
    word, following = command.words[number], "".join(command.words[number + 1 : number + 2])
    option = _OPTION.match(word)
    given = option[1] if option else ""
    if _OPTIONS.match(word) and not following.startswith("-"):
        given = following
    elif word in ("-u", "--user") and command.program in ("curl", "docker", "podman") and ":" in following:
        given = following.partition(":")[2]
    if given and is_literal(given):
        return given
    address = _IN_URL.search(word)
    if address and is_literal(address[2]):
        return address[2]
    found = _BEARER.search(word) or _CONFIG.search(word)
    return found[1] if found and is_literal(found[1]) and is_random(found[1]) else ""


def _in_trees(facts: Facts) -> Iterator[Hit]:
    """Variables and passwords that stand in a YAML file as they are."""
    todo: list[tuple[Mapping, str]] = [(facts.tree, "")]
    while todo:
        mapping, above = todo.pop()
        for key, value in mapping.items():
            if isinstance(value, Mapping):
                todo.append((value, key.text))
            elif isinstance(value, Listing):
                todo.extend((item, key.text) for item in value.items if isinstance(item, Mapping))
            elif above in ("env", "variables", "credentials", "with", "secrets", "auth") or key.text == "password":
                yield from _variable(key, value, above)


def _variable(key: Scalar, value: Scalar, above: str) -> Iterator[Hit]:
    text = value.text
    # A password of a database that lives as long as the job keeps nothing.
    if "${{" in text or above == "secrets" or is_throwaway(text):
        return
    match = _IN_URL.search(text)
    if match and is_literal(match[2]) and not is_throwaway(match[2]):
        yield Hit(line=key.line, values={"name": key.text}, hide=match[2], severity=_severity(match[2]))
    elif is_secret_name(key.text.replace("-", "_")) and is_literal(text) and (above != "with" or is_random(text)):
        yield Hit(line=key.line, values={"name": key.text}, hide=text, severity=_severity(text))


def _password_arguments(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        words = command.words
        logs_in = (
            len(words) > 1
            and words[1] == "login"
            and command.program in ("docker", "podman", "buildah", "skopeo", "helm", "oras", "crane", "nerdctl")
        )
        registry = command.program in ("helm", "oras", "crane") or logs_in
        if logs_in and registry and command.has("-p", "--password") and not command.has("--password-stdin"):
            yield Hit(line=command.line, start=run.line, values={"program": command.program})
        elif command.program == "sshpass" and any(w.startswith("-p") for w in words[1:2]):
            yield Hit(line=command.line, start=run.line, values={"program": "sshpass"})


def _printed(facts: Facts) -> Iterator[Hit]:
    """A secret that is written to the log: by its expression, or by the name of a variable that holds one."""
    held = {name for _, name in _held(facts)}
    for run in facts.runs:
        for pipeline in run.pipelines:
            last = pipeline[-1]
            if last.into or last.program not in ("echo", "printf", "cat", "env", "printenv", "set", "export"):
                continue
            text = " ".join(last.arguments)
            inline = re.search(r"\$\{\{\s*(?:toJSON\(\s*secrets\s*\)|secrets\.(\w+))", text)
            named = [
                n
                for n in re.findall(r"\$\{?([A-Za-z_]\w*)\}?", text)
                if n in held or (facts.kind is FileKind.GITLAB and _is_gitlab_secret(n))
            ]
            if last.program in ("echo", "printf") and "::add-mask::" in text:
                continue
            if last.program in ("echo", "printf") and (inline or named):
                yield Hit(line=last.line, start=run.line, values={"name": (inline[1] or "secrets") if inline else named[0]})


def _is_gitlab_secret(name: str) -> bool:
    return name in ("CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD", "CI_DEPLOY_PASSWORD") or (
        is_secret_name(name) and not name.startswith("CI_")
    )


def _held(facts: Facts) -> Iterator[tuple[int, str]]:
    """(line, name) of variables of a workflow that hold secrets."""
    if facts.kind is not FileKind.WORKFLOW:
        return
    places = [facts.tree.mapping("env")]
    for _, job in jobs_of(facts.tree):
        places.append(job.mapping("env"))
        steps = job.get("steps")
        if isinstance(steps, Listing):
            places.extend(step.mapping("env") for step in steps.items if isinstance(step, Mapping))
    for place in places:
        for key, value in place.items():
            if isinstance(value, Scalar) and re.search(r"\$\{\{\s*secrets\.", value.text):
                yield key.line, key.text


def _uploaded(facts: Facts) -> Iterator[Hit]:
    """GitLab: files with secrets that are kept as artifacts."""
    for _, job in gitlab_jobs(facts.tree):
        paths = job.get("artifacts", "paths")
        for item in paths.items if isinstance(paths, Listing) else ():
            if isinstance(item, Scalar) and re.search(
                r"(?:^|/)(?:\.env(?:\.(?!example|sample|template|dist)\w+)?|\.npmrc|\.netrc|id_rsa|kubeconfig|\.docker/config\.json|terraform\.tfstate)$",
                item.text,
            ):
                yield Hit(line=item.line, values={"file": item.text})


DETECTORS = (
    check(
        "CFG-034",
        Severity.HIGH,
        FileKind.CONTAINER,
        _environment,
        title=("Write a secret into ENV or ARG", "把密钥写进 ENV 或 ARG"),
        says=(
            "{kind} {name} holds a secret, which every copy of the image and of this file shows.",
            "{kind} {name} 含有密钥，镜像和此文件的每份拷贝都会泄露它。",
        ),
        change=(
            "Change the secret; use `RUN --mount=type=secret` in the build and an environment from outside at run time.",
            "更换密钥；构建时使用 `RUN --mount=type=secret`，运行时从外部传入环境变量。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-798",),
        references=("https://docs.docker.com/build/building/secrets/",),
        fires=(
            ("FROM a:1\nENV DB_PASSWORD=Tr0ub4dor9\n", "a password"),
            ("ARG API_TOKEN=9f2c7be1d04a8365aa\nFROM a:1\n", "a default of ARG"),
            ("FROM a:1\nENV DSN=postgres://app:Zq81kdPp@db/x\n", "inside an address"),
        ),
        quiet=(
            ("FROM a:1\nENV DB_PASSWORD_FILE=/run/secrets/db TOKEN_TTL=300\n", "where it lies, how long it lives"),
            ("FROM a:1\nENV PASSWORD=changeme TOKEN=$TOKEN\n", "a placeholder, a reference"),
            ("FROM a:1\nENV POSTGRES_HOST_AUTH_METHOD=trust\n", "no secret"),
        ),
    ),
    check(
        "CFG-035",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _arguments,
        title=("Hand a secret to a build as an argument", "把密钥作为构建参数传入"),
        says=(
            "{name} comes as a build argument or variable: its value stays in the image's history.",
            "{name} 以构建参数或变量传入：其值会留在镜像历史中。",
        ),
        change=("Use `RUN --mount=type=secret`.", "使用 `RUN --mount=type=secret`。"),
        techniques=("T1552.001",),
        weaknesses=("CWE-522",),
        references=("https://docs.docker.com/build/building/secrets/",),
        fires=(
            ("FROM a:1\nARG NPM_TOKEN\nRUN npm ci\n", "ARG"),
            ("FROM a:1\nENV GITHUB_TOKEN=$T\n", "ENV makes it stay for ever"),
        ),
        quiet=(
            ("FROM a:1\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n", "a secret mount"),
            ("FROM a:1\nARG TOKEN_URL\nARG MAX_TOKENS\n", "no secret by name"),
        ),
    ),
    check(
        "CFG-036",
        Severity.HIGH,
        _SCRIPTS,
        _commands,
        title=("Write a secret into a command", "把密钥写进命令"),
        says=("A command ({program}) holds a secret as it is.", "命令（{program}）中直接写有密钥。"),
        change=(
            "Change the secret, and hand it in by a secret mount or the pipeline's secret store.",
            "更换密钥，通过密钥挂载或流水线的密钥存储传入。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-798",),
        fires=(
            ("FROM a:1\nRUN curl -u bot:Zq81kdPp99 https://x.example/a -o a\n", "curl -u"),
            ("FROM a:1\nRUN git clone https://bot:9f2c7be1d04a@x.example/a.git\n", "in an address"),
            ("build:\n  script:\n    - deploy --token=9f2c7be1d04a8365aa\n", "an option in a pipeline", FileKind.GITLAB),
        ),
        quiet=(
            ('FROM a:1\nRUN curl -u "$U:$P" https://x.example/a\n', "variables"),
            ("FROM a:1\nRUN git clone https://oauth2:${T}@x.example/a.git\n", "a variable in an address"),
            ("FROM a:1\nRUN x --token $(cat /run/secrets/t) --password-file /p\n", "read from a mount"),
        ),
    ),
    check(
        "CFG-037",
        Severity.HIGH,
        (FileKind.WORKFLOW, FileKind.ACTION, FileKind.GITLAB),
        _in_trees,
        title=("Write a secret into a pipeline", "把密钥写进流水线"),
        says=(
            "{name} holds a secret, which everyone who reads the repository knows.",
            "{name} 含有密钥，能读仓库的人都知道它。",
        ),
        change=("Change the secret, and take it from the pipeline's secret store.", "更换密钥，并改从流水线的密钥存储读取。"),
        techniques=("T1552.001",),
        weaknesses=("CWE-798",),
        fires=(
            ("on: push\nenv:\n  API_TOKEN: 9f2c7be1d04a8365aa\njobs: {}\n", "a workflow's environment"),
            ("variables:\n  DEPLOY_PASSWORD: Tr0ub4dor9\n", "variables of GitLab", FileKind.GITLAB),
        ),
        quiet=(
            (
                "on: push\nenv:\n  API_TOKEN: ${{ secrets.T }}\n  PASSWORD: test\n  POSTGRES_PASSWORD: postgres\njobs: {}\n",
                "from the store; tries",
            ),
            ("variables:\n  DEPLOY_PASSWORD: $P\n  TOKEN_PATH: /x\n", "references", FileKind.GITLAB),
        ),
    ),
    check(
        "CFG-038",
        Severity.LOW,
        _SCRIPTS,
        _password_arguments,
        title=("Give a password on a command line", "在命令行传递密码"),
        says=(
            "{program} gets a password as an argument: the list of processes and logs show it.",
            "{program} 以参数形式接收密码：进程列表和日志会显示它。",
        ),
        change=('Write `echo "$PASSWORD" | … login --password-stdin`.', '写成 `echo "$PASSWORD" | … login --password-stdin`。'),
        techniques=("T1552",),
        weaknesses=("CWE-214",),
        fires=(
            ("build:\n  script:\n    - docker login -u x -p $CI_REGISTRY_PASSWORD $CI_REGISTRY\n", "docker", FileKind.GITLAB),
        ),
        quiet=(
            (
                'build:\n  script:\n    - echo "$P" | docker login -u x --password-stdin r\n',
                "by standard input",
                FileKind.GITLAB,
            ),
        ),
    ),
    check(
        "CFG-039",
        Severity.HIGH,
        (FileKind.WORKFLOW, FileKind.GITLAB),
        _printed,
        title=("Write a secret into the log", "把密钥写进日志"),
        says=(
            "A step prints {name}; masking fails as soon as its form changes.",
            "某步骤打印 {name}；一旦形式改变，屏蔽就会失效。",
        ),
        change=("Leave the line out.", "删除该行。"),
        techniques=("T1552",),
        weaknesses=("CWE-532",),
        fires=(
            ("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ secrets.T }}\n", "an expression"),
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \"$T\" | base64\n        env: {T: '${{ secrets.T }}'}\n      - run: echo $T\n",
                "by its variable",
            ),
            ("a:\n  script:\n    - echo $CI_JOB_TOKEN\n", "a token of GitLab", FileKind.GITLAB),
        ),
        quiet=(
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \"$T\" > key.txt\n        env: {T: '${{ secrets.T }}'}\n",
                "into a file",
            ),
            (
                'a:\n  script:\n    - echo "$CI_REGISTRY_PASSWORD" | docker login --password-stdin\n',
                "into a program",
                FileKind.GITLAB,
            ),
        ),
    ),
    check(
        "CFG-040",
        Severity.MEDIUM,
        FileKind.GITLAB,
        _uploaded,
        title=("Keep a secret file as an artifact", "把密钥文件保存为产物"),
        says=(
            "{file} is kept as an artifact: everyone who sees the pipeline can get it.",
            "{file} 被保存为产物：能看到流水线的人都能下载。",
        ),
        change=("Take it out of `artifacts:paths`.", "从 `artifacts:paths` 中移除。"),
        techniques=("T1552.001",),
        weaknesses=("CWE-538",),
        fires=(("a:\n  script: [x]\n  artifacts:\n    paths: [dist/, .env]\n", "variables with secrets"),),
        quiet=(("a:\n  script: [x]\n  artifacts:\n    paths: [dist/]\n", "what was built"),),
    ),
)
