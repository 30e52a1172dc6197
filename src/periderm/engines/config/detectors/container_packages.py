"""Container files that install packages without care: unpinned, unverified, with lists and tools left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, Run, check
from periderm.engines.config.shell import Command
from periderm.model.build_file import FileKind
from periderm.model.severity import Severity
from periderm.model.text import Text

_APT = frozenset({"apt-get", "apt", "aptitude"})
_YUM = frozenset({"yum", "dnf", "microdnf", "tdnf"})
_SYSTEM = _APT | _YUM | {"apk", "zypper"}
_ADDS = frozenset({"install", "add", "in", "reinstall"})
_TAKES = frozenset(
    {
        "-t",
        "--target-release",
        "--default-release",
        "-o",
        "--option",
        "-c",
        "--config-file",
        "--repository",
        "-X",
        "--virtual",
        "--root",
        "-p",
        "--installroot",
        "--releasever",
        "--enablerepo",
        "--disablerepo",
        "--setopt",
    }
)
_OPEN = re.compile(r"[$`*]")


def _verb(command: Command) -> tuple[str, tuple[str, ...]]:
    """(what a package manager is told to do, to which packages)."""
    words, skip = [], False
    for word in command.arguments:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _TAKES
        else:
            words.append(word)
    return (words[0], tuple(words[1:])) if words else ("", ())


def _installs(facts: Facts) -> Iterator[tuple[Run, Command, tuple[str, ...]]]:
    for run, command in facts.commands():
        if command.program in _SYSTEM:
            verb, names = _verb(command)
            if verb in _ADDS and names:
                yield run, command, names


def _update_alone(facts: Facts) -> Iterator[Hit]:
    for run in facts.runs:
        done = {(_verb(c)[0], c.program in _APT) for c in run.commands() if c.program in _APT}
        scripts = any(c.program in ("sh", "bash") or c.program.endswith(".sh") for c in run.commands())
        if ("update", True) in done and len(done) == 1 and not scripts:
            line = next(c.line for c in run.commands() if c.program in _APT)
            yield Hit(line=line, start=run.line)


def _unpinned(facts: Facts) -> Iterator[Hit]:
    for run, command, names in _installs(facts):
        if command.program not in _APT and command.program != "apk":
            continue
        loose = [
            n
            for n in names
            if not re.search(r"[=<>~@/]", n) and not _OPEN.search(n) and not n.startswith(".") and not n.endswith(".deb")
        ]
        if loose:
            yield Hit(
                line=command.line, start=run.line, values={"names": ", ".join(loose[:4]) + (" …" if len(loose) > 4 else "")}
            )


def _recommends(facts: Facts) -> Iterator[Hit]:
    configured = any("Install-Recommends" in line for line in facts.lines)
    for run, command, _ in () if configured else _installs(facts):
        if command.program in ("apt-get", "apt") and facts.final(run):
            off = command.has("--no-install-recommends")
            if not off:
                change = Text(
                    f"Write `{command.program} install --no-install-recommends …`.",
                    f"写成 `{command.program} install --no-install-recommends …`。",
                )
                yield Hit(line=command.line, start=run.line, change=change)


def _lists_left(facts: Facts) -> Iterator[Hit]:
    for run in facts.runs:
        if not facts.final(run) or run.instruction is None:
            continue
        mounts = " ".join(value for name, value in run.instruction.flags if name == "mount")
        commands = list(run.commands())
        text = " ; ".join(c.text for c in commands)
        for command in commands:
            verb, names = _verb(command)
            if command.program in _APT and verb == "update":
                kept = "/var/lib/apt" not in text + mounts and "apt-get distclean" not in text and "rm -rf /var/lib" not in text
            elif command.program == "apk" and verb == "add" and names:
                kept = (
                    not command.has("--no-cache")
                    and "/var/cache/apk" not in text + mounts
                    and "/etc/apk/cache" not in text + mounts
                )
            elif command.program in _YUM and verb == "install":
                kept = "clean all" not in text and "/var/cache" not in text + mounts
            else:
                continue
            if kept:
                clean = {"apk": "`apk add --no-cache`"}.get(
                    command.program,
                    f"`{command.program} clean all`" if command.program in _YUM else "`rm -rf /var/lib/apt/lists/*`",
                )
                yield Hit(
                    line=command.line,
                    start=run.line,
                    values={"program": command.program},
                    change=Text(f"Clean up in the same RUN: {clean}.", f"在同一个 RUN 中清理：{clean}。"),
                )
                break


def _upgrade(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        verb, names = _verb(command)
        whole = (command.program in _APT and verb in ("dist-upgrade", "full-upgrade")) or (
            (command.program in _APT | {"apk"} and verb == "upgrade" and not names)
            or (command.program in _YUM and verb in ("update", "upgrade") and not names)
        )
        if whole and facts.final(run):
            yield Hit(line=command.line, start=run.line, values={"command": f"{command.program} {verb}"})


_UNCHECKED = {
    "apt-get": ("--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"),
    "apt": ("--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"),
    "yum": ("--nogpgcheck",),
    "dnf": ("--nogpgcheck",),
    "microdnf": ("--nogpgcheck",),
    "zypper": ("--no-gpg-checks",),
    "apk": ("--allow-untrusted",),
    "rpm": ("--nosignature", "--nodigest"),
}


def _unverified(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        said = next((o for o in _UNCHECKED.get(command.program, ()) if command.has(o)), "")
        text = command.text
        if not said and command.program in _APT and re.search(r"(?i)AllowUnauthenticated=(?:true|1)", text):
            said = "AllowUnauthenticated"
        if not said and command.program in ("echo", "printf", "sed", "tee") and re.search(r"\[[^\]]*trusted=yes", text):
            said = "[trusted=yes]"
        if (
            not said
            and command.program in _YUM | {"sed", "echo"}
            and re.search(r"(?:^|[\s=./])gpgcheck\s?=\s?(?:0|false)", text)
        ):
            said = "gpgcheck=0"
        if said:
            yield Hit(line=command.line, start=run.line, values={"option": said})


def _ssh_server(facts: Facts) -> Iterator[Hit]:
    for run, command, names in _installs(facts):
        found = next(
            (
                n.partition("=")[0]
                for n in names
                if n.partition("=")[0]
                in ("openssh-server", "dropbear", "telnetd", "vsftpd", "xrdp", "tigervnc-standalone-server", "x11vnc")
            ),
            "",
        )
        if found and facts.final(run):
            yield Hit(line=command.line, start=run.line, values={"package": found})


DETECTORS = (
    check(
        "CFG-012",
        Severity.LOW,
        FileKind.CONTAINER,
        _update_alone,
        title=("Read package lists in a step of its own", "单独一步读取软件包列表"),
        says=(
            "`apt-get update` stands in a RUN alone: the layer is kept, and later installs come from an old list.",
            "`apt-get update` 单独占一个 RUN：该层会被缓存，之后的安装使用过期列表。",
        ),
        change=(
            "Write `RUN apt-get update && apt-get install …` as one step.",
            "合并为一步：`RUN apt-get update && apt-get install …`。",
        ),
        weaknesses=("CWE-1104",),
        references=("https://docs.docker.com/build/building/best-practices/",),
        fires=(("FROM a:1\nRUN apt-get update\nRUN apt-get install -y x\n", "two steps"),),
        quiet=(("FROM a:1\nRUN apt-get update && apt-get install -y x=1\n", "one step"),),
    ),
    check(
        "CFG-013",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _unpinned,
        title=("Get system packages without a version", "安装系统软件包时不指定版本"),
        says=("{names}: which version is installed depends on the day of the build.", "{names}：安装哪个版本取决于构建日期。"),
        change=("Write NAME=VERSION, or build on a snapshot of the distribution.", "写成 NAME=VERSION，或基于发行版快照构建。"),
        weaknesses=("CWE-1357",),
        fires=(
            ("FROM a:1\nRUN apt-get install -y --no-install-recommends curl git=1:2\n", "one of two"),
            ("FROM a:1\nRUN apk add --no-cache curl\n", "apk"),
        ),
        quiet=(
            ("FROM a:1\nRUN apt-get install -y curl=7.88.1-10 $EXTRA ./x.deb\n", "a version, a variable, a file"),
            ("FROM a:1\nRUN apk add --no-cache -t .build curl~8\n", "a name for a group"),
        ),
    ),
    check(
        "CFG-014",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _recommends,
        title=("Get packages that nobody asked for", "安装未要求的软件包"),
        says=("Recommended packages are installed too.", "推荐的软件包也会被安装。"),
        change=("Add --no-install-recommends.", "加上 --no-install-recommends。"),
        weaknesses=("CWE-1104",),
        fires=(("FROM a:1\nRUN apt-get install -y x=1\n", "the option is missing"),),
        quiet=(
            ("FROM a:1\nRUN apt-get install -y --no-install-recommends x=1\n", "it is there"),
            ("FROM a:1 AS b\nRUN apt-get install -y x=1\nFROM c:1\n", "a stage that is thrown away"),
        ),
    ),
    check(
        "CFG-015",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _lists_left,
        title=("Leave package lists in the image", "在镜像中留下软件包列表"),
        says=("The lists or the cache of {program} stay in the layer.", "{program} 的列表或缓存留在镜像层中。"),
        change=("Remove them in the same RUN, or use a cache mount.", "在同一个 RUN 中删除，或使用缓存挂载。"),
        weaknesses=("CWE-459",),
        fires=(("FROM a:1\nRUN apt-get update && apt-get install -y x=1\n", "apt"), ("FROM a:1\nRUN apk add curl\n", "apk")),
        quiet=(
            ("FROM a:1\nRUN apt-get update && apt-get install -y x=1 && rm -rf /var/lib/apt/lists/*\n", "removed"),
            (
                "FROM a:1\nRUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y x=1\n",
                "a cache mount",
            ),
            ("FROM a:1\nRUN apk add --no-cache curl\n", "no cache is made"),
        ),
    ),
    check(
        "CFG-016",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _upgrade,
        title=("Get all packages anew in the build", "在构建中升级所有软件包"),
        says=(
            "`{command}` makes each build another image, and hides that the base is old.",
            "`{command}` 让每次构建都得到不同镜像，并掩盖基础镜像过旧。",
        ),
        change=(
            "Move to a newer base image, and upgrade by name what cannot wait.",
            "换用更新的基础镜像，急需的软件包按名称升级。",
        ),
        weaknesses=("CWE-1104",),
        fires=(
            ("FROM a:1\nRUN apt-get update && apt-get -y upgrade\n", "apt"),
            ("FROM a:1\nRUN yum -y update && yum clean all\n", "yum"),
        ),
        quiet=(
            ("FROM a:1\nRUN apt-get update && apt-get install -y --only-upgrade openssl\n", "one package"),
            ("FROM a:1\nRUN yum -y update openssl\n", "one by name"),
        ),
    ),
    check(
        "CFG-017",
        Severity.HIGH,
        (FileKind.CONTAINER, FileKind.WORKFLOW, FileKind.ACTION, FileKind.GITLAB),
        _unverified,
        title=("Get packages without checking their signature", "安装软件包时不验证签名"),
        says=("{option} takes packages that nobody signed.", "{option} 接受无人签名的软件包。"),
        change=("Leave it out, and add the repository's key with `signed-by`.", "去掉它，并用 `signed-by` 添加仓库密钥。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-347",),
        fires=(
            ("FROM a:1\nRUN apt-get install -y --allow-unauthenticated x\n", "apt"),
            (
                "FROM a:1\nRUN echo 'deb [trusted=yes] https://r.example x main' > /etc/apt/sources.list.d/x.list\n",
                "a trusted source",
            ),
            ("FROM a:1\nRUN apk add --no-cache --allow-untrusted x.apk\n", "apk"),
        ),
        quiet=(
            (
                "FROM a:1\nRUN echo 'deb [signed-by=/k.gpg] https://r.example x main' > /etc/apt/sources.list.d/x.list\n",
                "a key",
            ),
            ("FROM a:1\nRUN sed -i 's/gpgcheck=1/gpgcheck=1/' /etc/yum.conf\n", "it stays on"),
        ),
    ),
    check(
        "CFG-018",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _ssh_server,
        title=("Put a remote shell into an image", "把远程登录服务装进镜像"),
        says=("{package} is installed: another way into every container.", "安装了 {package}：每个容器都多了一个入口。"),
        change=(
            "Leave it out; the runtime's own exec gives a shell where one is needed.",
            "不要安装；需要 shell 时可用运行时自带的 exec。",
        ),
        techniques=("T1133", "T1021.004"),
        weaknesses=("CWE-284",),
        fires=(("FROM a:1\nRUN apt-get install -y openssh-server\n", "sshd"),),
        quiet=(
            ("FROM a:1\nRUN apt-get install -y openssh-client\n", "the client"),
            ("FROM a:1 AS t\nRUN apt-get install -y openssh-server\nFROM b:1\n", "a stage that is thrown away"),
        ),
    ),
)
