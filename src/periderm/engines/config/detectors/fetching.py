"""Scripts of any build that run or keep what the network gives, unchecked: pipes into shells, certificates ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.shell import SHELLS, Command
from periderm.model.build_file import FileKind, Mapping, Scalar
from periderm.model.severity import Severity
from periderm.model.text import Text

_ALL = (FileKind.CONTAINER, FileKind.WORKFLOW, FileKind.ACTION, FileKind.GITLAB)
_FETCH = frozenset({"curl", "wget", "aria2c", "http", "fetch"})
_RUNS = SHELLS | {"python", "python3", "perl", "ruby", "node", "php", "source", ".", "eval", "iex"}
_INSIDE = re.compile(r"(?:\$\(|<\(|`)\s*(?:sudo\s+)?(?:curl|wget)\s")
_LOCAL = re.compile(
    r"(?i)://(?:localhost|127\.|\[?::1|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|host\.docker\.internal|169\.254\.)|://[\w-]+(?::\d+)?(?:/|$)|://\$"
)
_URL = re.compile(r"(?i)\bhttps?://[^\s'\"<>|;)]+")
_CHECKS = re.compile(
    r"(?i)sha\d{1,3}sum|shasum|md5sum|gpgv?\b|cosign|minisign|signify|openssl\s+dgst|rhash|b3sum|b2sum|slsa-verifier|attestation verify|CHECKSUM|sha256|sha512"
)
_PROGRAM = re.compile(
    r"(?i)\.(?:tar\.\w{1,4}|tgz|txz|tbz2?|zip|deb|rpm|apk|jar|run|bin|sh|AppImage|whl|exe|xz|gz)(?:[?#]|$)|/releases/download/|linux[-_](?:amd64|x64|x86_64|arm64)"
)


def _piped(facts: Facts) -> Iterator[Hit]:
    for run in facts.runs:
        for pipeline in run.pipelines:
            for number, command in enumerate(pipeline):
                fetched = _before(pipeline[:number])
                inside = next((word for word in command.words if _INSIDE.search(word)), "")
                if _interprets(command) and (fetched is not None or (inside and _as_code(inside))):
                    text = fetched.text if fetched else inside
                    plain = bool(re.search(r"(?i)http://", text)) and not _LOCAL.search(text)
                    url = _URL.search(text)
                    yield Hit(
                        line=(fetched or command).line,
                        start=run.line,
                        values={"what": url[0] if url else "what it fetches", "program": command.program},
                        severity=Severity.HIGH if plain else None,
                    )


def _before(commands: tuple[Command, ...]) -> Command | None:
    """The command that fetches, in front in the pipeline; None if something between checks or changes it."""
    for command in commands:
        if command.program in _FETCH:
            return command
    return None


def _interprets(command: Command) -> bool:
    """Whether a program runs what it reads: a shell without a script's name."""
    if command.program in SHELLS:
        plain = [w for w in command.arguments if not w.startswith("-")]
        return not plain or "-s" in command.words or "-c" in command.words or plain[0].startswith(("<(", "/dev/stdin"))
    if command.program in ("python", "python3", "perl", "ruby", "node", "php"):
        return not [w for w in command.arguments if w != "-"] or command.arguments[:1] == ("-",)
    return command.program in ("source", ".", "eval", "iex")


def _as_code(word: str) -> bool:
    """A substitution is code where it is the whole script, and data inside a longer one."""
    return word.lstrip().startswith(("$(", "<(", "`"))


def _insecure_option(command: Command) -> str:
    program = command.program
    if program == "curl" and (command.short("k") or command.has("--insecure", "--proxy-insecure")):
        return "curl -k"
    if program == "wget" and command.has("--no-check-certificate"):
        return "wget --no-check-certificate"
    if program == "git" and re.search(r"http\.\"?[^ ]*sslverify[ =](?:false|0)\b", command.text, re.IGNORECASE):
        return "git http.sslVerify=false"
    if program == "aria2c" and "--check-certificate=false" in command.words:
        return "aria2c --check-certificate=false"
    return ""


def _unverified(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        option = _insecure_option(command)
        urls = _URL.findall(command.text)
        if option and not (urls and all(_LOCAL.search(url) for url in urls)):
            yield Hit(line=command.line, start=run.line, values={"option": option})


_TOOLS = (
    (
        frozenset({"pip", "pip3", "uv", "python", "python3"}),
        re.compile(r"--trusted-host\b|--allow-insecure-host\b|trusted-host\s"),
        "--trusted-host",
    ),
    (
        frozenset({"npm", "yarn", "pnpm"}),
        re.compile(r"strict-ssl[ =]\"?(?:false|0)\b|strictSsl[ =]false|enableStrictSsl[ =]false"),
        "strict-ssl=false",
    ),
    (frozenset({"conda", "mamba"}), re.compile(r"ssl_verify[ =](?:false|no|0)\b", re.IGNORECASE), "ssl_verify=false"),
    (frozenset({"gem", "bundle", "bundler"}), re.compile(r"ssl_verify_mode[ =]0|--source http://"), "ssl_verify_mode=0"),
    (frozenset({"composer"}), re.compile(r"disable-tls\b|secure-http false"), "secure-http=false"),
    (
        frozenset({"helm", "docker", "podman", "skopeo", "buildah", "kubectl", "oras"}),
        re.compile(
            r"--insecure-skip-tls-verify(?!=false)|--tls-verify=false|--(?:src|dest)-tls-verify=false|--insecure-registry"
        ),
        "TLS verification off",
    ),
    (frozenset({"mvn", "mvnw"}), re.compile(r"maven\.wagon\.http\.ssl\.insecure=true"), "ssl.insecure=true"),
    (
        frozenset({"apt-get", "apt"}),
        re.compile(r"Acquire::https?::[\w:]*Verify-(?:Peer|Host)=(?:false|0)", re.IGNORECASE),
        "Verify-Peer=false",
    ),
)


def _tools(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        for programs, pattern, option in _TOOLS:
            match = pattern.search(command.text) if command.program in programs else None
            if match and not _own_host(command.text[match.start() :]):
                yield Hit(line=command.line, start=run.line, values={"option": f"{command.program} {option}"})


def _own_host(text: str) -> bool:
    return bool(re.match(r"--(?:trusted-host|allow-insecure-host)[ =](?:localhost|127\.0\.0\.1)", text))


_SWITCHES = {
    "NODE_TLS_REJECT_UNAUTHORIZED": ("0",),
    "PYTHONHTTPSVERIFY": ("0",),
    "GIT_SSL_NO_VERIFY": ("1", "true"),
    "NPM_CONFIG_STRICT_SSL": ("false",),
    "GONOSUMDB": ("*",),
    "GONOSUMCHECK": ("1",),
    "GOINSECURE": ("*",),
    "GOFLAGS": ("-insecure",),
    "GOSUMDB": ("off",),
    "CURL_INSECURE": ("1",),
    "YARN_ENABLE_STRICT_SSL": ("false",),
    "CONDA_SSL_VERIFY": ("false",),
    "SSL_NO_VERIFY": ("1",),
    "DOCKER_CONTENT_TRUST": (),
    "PIP_TRUSTED_HOST": (),
    "HELM_INSECURE": (),
    "ANSIBLE_HOST_KEY_CHECKING": (),
}


def _set(facts: Facts) -> Iterator[tuple[str, str, int]]:
    """Every variable that a file sets: (name, value, line)."""
    for one in facts.instructions("ENV", "ARG"):
        yield from ((name, value, one.line) for name, value in one.pairs if value is not None)
    for _, command in facts.commands():
        yield from ((name, value, command.line) for name, value in command.assigned)
    todo: list[Mapping] = [facts.tree]
    while todo:
        mapping = todo.pop()
        for key, value in mapping.items():
            if isinstance(value, Mapping):
                todo.append(value)
                if key.text in ("env", "variables", "environment"):
                    yield from ((k.text, v.text, k.line) for k, v in value.items() if isinstance(v, Scalar))
            elif not isinstance(value, Scalar):
                todo.extend(item for item in value.items if isinstance(item, Mapping))


def _switched(facts: Facts) -> Iterator[Hit]:
    for name, value, line in _set(facts):
        if value.strip("\"'").lower() in _SWITCHES.get(name.upper(), ()):
            yield Hit(line=line, values={"name": name, "value": value})


def _plain_http(facts: Facts) -> Iterator[Hit]:
    checked = {id(run): bool(_CHECKS.search(" ; ".join(c.text for c in run.commands()))) for run in facts.runs}
    for run, command in facts.commands():
        if command.program not in ("curl", "wget", "aria2c") or checked[id(run)]:
            continue
        url = next((u for u in _URL.findall(command.text) if u.lower().startswith("http://") and not _LOCAL.search(u)), "")
        if url:
            secure = "https" + url[4:][:200]
            yield Hit(
                line=command.line,
                start=run.line,
                values={"url": url},
                change=Text(f"Write {secure}, and check a digest.", f"改为 {secure}，并校验摘要。"),
            )


def _unchecked(facts: Facts) -> Iterator[Hit]:
    for run in facts.runs:
        if run.instruction is None:
            continue
        text = " ; ".join(c.text for c in run.commands())
        if _CHECKS.search(text):
            continue
        # What is piped into an interpreter is told as that.
        kept = (c for p in run.pipelines if not any(_interprets(c) for c in p[1:]) for c in p)
        for command in kept:
            url = next((u for u in _URL.findall(command.text) if _PROGRAM.search(u)), "")
            if command.program in ("curl", "wget", "aria2c") and url and not _LOCAL.search(url):
                yield Hit(line=command.line, start=run.line, values={"url": url})


DETECTORS = (
    check(
        "CFG-026",
        Severity.MEDIUM,
        _ALL,
        _piped,
        title=("Run what the network gives", "直接运行网络下载的内容"),
        says=(
            "{what} is run by {program} as it comes: whoever controls that place controls the build.",
            "{what} 一经下载就由 {program} 运行：控制该地址的人就控制了构建。",
        ),
        change=(
            "Download it, compare its SHA-256 with one that is written down here, and then run it.",
            "先下载，与写在这里的 SHA-256 比对，再运行。",
        ),
        techniques=("T1195.002", "T1059.004"),
        weaknesses=("CWE-494",),
        fires=(
            ("FROM a:1\nRUN curl -fsSL https://x.example/i.sh | sh\n", "a pipe"),
            ('FROM a:1\nRUN bash -c "$(wget -qO- https://x.example/i.sh)"\n', "a substitution"),
            (
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          echo a\n          curl -sSL https://x.example/i | sudo bash -s -- -y\n",
                "in a workflow",
                FileKind.WORKFLOW,
            ),
        ),
        quiet=(
            ("FROM a:1\nRUN curl -fsSL https://x.example/k.asc | gpg --dearmor > /k.gpg\n", "a key is converted"),
            ("FROM a:1\nRUN curl -o i.sh https://x.example/i.sh && sha256sum -c i.sum && sh i.sh\n", "checked first"),
            ('FROM a:1\nRUN echo "curl x | sh"\n', "a text"),
        ),
    ),
    check(
        "CFG-027",
        Severity.HIGH,
        _ALL,
        _unverified,
        title=("Get files without checking who sends them", "下载时不验证对方身份"),
        says=(
            "{option} takes any certificate: what comes can be anybody's.",
            "{option} 接受任何证书：下载的内容可能来自任何人。",
        ),
        change=("Leave the option out, and add the missing CA's certificate.", "去掉该选项，并添加缺少的 CA 证书。"),
        techniques=("T1557", "T1195.002"),
        weaknesses=("CWE-295",),
        fires=(
            ("FROM a:1\nRUN curl -fsSLk https://x.example/a -o a\n", "among other letters"),
            ("FROM a:1\nRUN wget --no-check-certificate https://x.example/a\n", "wget"),
            ("FROM a:1\nRUN git config --global http.sslVerify false\n", "git"),
        ),
        quiet=(
            ("FROM a:1\nRUN curl -k https://localhost:8443/health\n", "itself"),
            ("FROM a:1\nRUN curl --keepalive-time 2 https://x.example/a\n", "another option"),
        ),
    ),
    check(
        "CFG-028",
        Severity.HIGH,
        _ALL,
        _tools,
        title=("Get packages without checking who sends them", "安装软件包时不验证对方身份"),
        says=("{option}: packages can come from anybody on the way.", "{option}：软件包可能来自传输途中的任何人。"),
        change=("Leave the option out, and add the missing CA's certificate.", "去掉该选项，并添加缺少的 CA 证书。"),
        techniques=("T1557", "T1195.002"),
        weaknesses=("CWE-295",),
        fires=(
            ("FROM a:1\nRUN pip install --trusted-host pypi.example x==1\n", "pip"),
            ("FROM a:1\nRUN npm config set strict-ssl false\n", "npm"),
            (
                "build:\n  script:\n    - helm push --insecure-skip-tls-verify x oci://y\n",
                "helm in a pipeline",
                FileKind.GITLAB,
            ),
        ),
        quiet=(
            ("FROM a:1\nRUN npm config set strict-ssl true\n", "switched on"),
            ("FROM a:1\nRUN helm pull --insecure-skip-tls-verify=false x\n", "not switched off"),
        ),
    ),
    check(
        "CFG-029",
        Severity.HIGH,
        (*_ALL, FileKind.COMPOSE),
        _switched,
        title=("Set a variable that stops certificate checks", "设置变量关闭证书检查"),
        says=(
            "{name}={value} switches verification off for all that runs after it.",
            "{name}={value} 会关闭之后所有程序的验证。",
        ),
        change=(
            "Leave the variable out, and add the missing CA's certificate (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE).",
            "去掉该变量，并添加缺少的 CA 证书（NODE_EXTRA_CA_CERTS、SSL_CERT_FILE）。",
        ),
        techniques=("T1557",),
        weaknesses=("CWE-295",),
        fires=(
            ("FROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\n", "for node"),
            ('variables:\n  GIT_SSL_NO_VERIFY: "true"\n', "for git in a pipeline", FileKind.GITLAB),
        ),
        quiet=(
            ("FROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\n", "left on"),
            ("FROM a:1\nENV GOINSECURE=git.internal.example\n", "one host"),
        ),
    ),
    check(
        "CFG-030",
        Severity.MEDIUM,
        _ALL,
        _plain_http,
        title=("Get files over an open connection", "通过明文连接下载文件"),
        says=("{url} comes unencrypted, and nothing compares a digest.", "{url} 以明文传输，且没有比对摘要。"),
        change=("Use https, and compare a digest.", "使用 https，并比对摘要。"),
        techniques=("T1557",),
        weaknesses=("CWE-319", "CWE-494"),
        fires=(("FROM a:1\nRUN wget http://x.example/a.tgz\n", "http"),),
        quiet=(
            ('FROM a:1\nRUN wget http://x.example/a.tgz && echo "$S a.tgz" | sha256sum -c\n', "a digest"),
            ("FROM a:1\nRUN curl http://localhost/health\n", "itself"),
        ),
    ),
    check(
        "CFG-031",
        Severity.LOW,
        FileKind.CONTAINER,
        _unchecked,
        title=("Get a program without comparing its digest", "下载程序而不比对摘要"),
        says=("{url} is kept without a digest or signature being compared.", "保留了 {url}，却没有比对摘要或签名。"),
        change=(
            'Write `ADD --checksum=sha256:…`, or compare by `echo "DIGEST  FILE" | sha256sum -c` in the same RUN.',
            '使用 `ADD --checksum=sha256:…`，或在同一个 RUN 中用 `echo "摘要  文件" | sha256sum -c` 比对。',
        ),
        techniques=("T1195.002",),
        weaknesses=("CWE-494",),
        fires=(("FROM a:1\nRUN curl -fsSLo t.tgz https://x.example/t-1.2.tgz && tar xf t.tgz\n", "an archive"),),
        quiet=(
            ('FROM a:1\nRUN curl -fsSLo t.tgz https://x.example/t-1.2.tgz && echo "$H  t.tgz" | sha256sum -c\n', "compared"),
            ("FROM a:1\nRUN curl -fsS https://x.example/api/version\n", "no program"),
        ),
    ),
)
