"""Container files whose processes have more rights than they need: root, sudo, set-uid programs, open permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.model.build_file import FileKind, Instruction, Stage
from periderm.model.severity import Severity
from periderm.model.text import Text

_NO_ROOT = re.compile(r"(?i)nonroot|non-root|rootless|unprivileged")
_DROPS = re.compile(r"\b(?:gosu|su-exec|setpriv|s6-setuidgid|chpst|runuser)\b")
_STARTS = frozenset({"CMD", "ENTRYPOINT"})
_OPEN_MODE = re.compile(r"0?[0-7]?77[67]|0?[0-7]?666|(?:a|ugo)[+=]r?wx?|o[+=][rx]*w[rx]*|\+rwx")
_SET_UID = re.compile(r"0?[2-7][0-7]{3}|[ugoa]*\+[rwxst]*s[rwxst]*")
_ADMIN_PORTS = {
    "22": "SSH",
    "23": "telnet",
    "2375": "Docker",
    "3389": "RDP",
    "5900": "VNC",
    "512": "rexec",
    "513": "rlogin",
    "514": "rsh",
}


def _last_user(facts: Facts) -> tuple[Instruction | None, tuple[Stage, ...]]:
    """(the USER that the image ends with, the stages that it is made of)."""
    stages = facts.container.lineage() if facts.container else ()
    for stage in stages:
        for one in reversed(stage.instructions):
            if one.name == "USER" and one.words and not one.onbuild:
                return one, stages
    return None, stages


def _is_root(user: str) -> bool:
    name = user.partition(":")[0]
    return name == "root" or (name.isdigit() and int(name) == 0)


def _root(facts: Facts) -> Iterator[Hit]:
    user, _ = _last_user(facts)
    if user is not None and _is_root(user.words[0]):
        yield Hit(line=user.line, values={"user": user.words[0]})


def _no_user(facts: Facts) -> Iterator[Hit]:
    user, stages = _last_user(facts)
    if user is not None or not stages:
        return
    outer = stages[-1]
    starts = any(one.name in _STARTS for stage in stages for one in stage.instructions)
    # Without a program of its own on an empty image it is a bundle of files, and nothing runs.
    if _NO_ROOT.search(outer.base) or (outer.base == "scratch" and not starts) or not outer.known:
        return
    change = Text(
        "Add a user and end the last stage with it, before CMD: `USER 10001:10001`.",
        "新建用户，并在最后阶段的 CMD 之前以它结束：`USER 10001:10001`。",
    )
    # A start script that changes to a user with one of these is the other usual way.
    drops = any(_DROPS.search(one.script.text) for stage in stages for one in stage.instructions)
    severity = Severity.INFORMATIONAL if drops else None
    yield Hit(line=stages[0].line, values={"image": outer.base}, change=change, severity=severity)


def _sudo(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        if command.sudo:
            yield Hit(line=command.line, start=run.line, values={"command": command.text})


def _open_permissions(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        mode = next(iter(command.plain()), "")
        if command.program == "chmod" and _OPEN_MODE.fullmatch(mode) and facts.final(run):
            path = next(iter(command.plain()[1:]), "?")
            if path.rstrip("/") in ("/tmp", "/var/tmp", "/dev/shm") or (mode.startswith("1") and len(mode) == 4):
                continue
            yield Hit(line=command.line, start=run.line, values={"path": path, "mode": mode})
    for one in facts.instructions("COPY", "ADD"):
        mode = one.flag("chmod") or ""
        if _OPEN_MODE.fullmatch(mode):
            yield Hit(line=one.line, values={"path": one.words[-1] if one.words else "?", "mode": mode})


def _set_uid(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        plain = command.plain()
        if not facts.final(run) or len(plain) < 2:
            continue
        if command.program == "chmod" and _SET_UID.fullmatch(plain[0]) and not plain[0].lstrip("0").startswith("1"):
            if plain[0].isdigit() and not int(plain[0][-4]) & 6:
                continue
            yield Hit(line=command.line, start=run.line, values={"path": plain[1], "mode": plain[0]})
        elif command.program == "setcap" and "-r" not in command.words:
            yield Hit(line=command.line, start=run.line, values={"path": plain[-1], "mode": plain[0]}, severity=Severity.LOW)


def _password(facts: Facts) -> Iterator[Hit]:
    for run in facts.runs:
        for pipeline in run.pipelines:
            for number, command in enumerate(pipeline):
                told = pipeline[number - 1] if number else None
                if command.program == "chpasswd" and told is not None and told.program in ("echo", "printf"):
                    text = " ".join(told.arguments)
                    if ":" in text and "$" not in text.partition(":")[2]:
                        hide = text.partition(":")[2].split()[0] if text.partition(":")[2].split() else ""
                        yield Hit(line=command.line, start=run.line, values={"command": "chpasswd"}, hide=hide)
                elif command.program in ("useradd", "usermod", "adduser") and command.has("-p", "--password"):
                    given = _after(command.words, "-p", "--password")
                    if given and "$(" not in given and not re.fullmatch(r"\$\{?\w+\}?", given) and given not in ("!", "*", "x"):
                        yield Hit(line=command.line, start=run.line, values={"command": command.program}, hide=given)
                elif command.program == "passwd" and command.has("-d", "--delete"):
                    yield Hit(line=command.line, start=run.line, values={"command": "passwd -d"})


def _after(words: tuple[str, ...], *options: str) -> str:
    for number, word in enumerate(words):
        if word in options:
            return words[number + 1] if number + 1 < len(words) else ""
        name, equals, value = word.partition("=")
        if equals and name in options:
            return value
    return ""


def _sudoers(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        if "NOPASSWD" in command.text and facts.final(run):
            yield Hit(line=command.line, start=run.line)


def _admin_port(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("EXPOSE"):
        for word in one.words:
            port, _, protocol = word.partition("/")
            if port in _ADMIN_PORTS and protocol.lower() != "udp":
                yield Hit(line=one.line, values={"port": port, "service": _ADMIN_PORTS[port]})


DETECTORS = (
    check(
        "CFG-004",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _no_user,
        title=("Run as root because no user is named", "未指定用户而以 root 运行"),
        says=(
            "No USER is set on top of {image}: its processes run as root unless that image says otherwise.",
            "在 {image} 之上没有设置 USER：除非该镜像另有规定，否则进程以 root 运行。",
        ),
        change=("End the last stage with `USER` and a number above 0.", "在最后阶段末尾写上 `USER` 和大于 0 的数字。"),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        references=("https://www.cisecurity.org/benchmark/docker",),
        fires=(
            ('FROM debian:12\nCMD ["x"]\n', "no USER at all"),
            ("FROM a:1 AS b\nUSER app\nFROM c:1\n", "the USER is another stage's"),
        ),
        quiet=(
            ("FROM debian:12\nUSER 10001\n", "a number"),
            ("FROM a:1 AS b\nUSER app\nFROM b\n", "inherited from the stage below"),
            ("FROM gcr.io/distroless/static:nonroot\n", "the image's name says it"),
            ("FROM scratch\nCOPY x /\n", "a bundle of files"),
        ),
    ),
    check(
        "CFG-005",
        Severity.HIGH,
        FileKind.CONTAINER,
        _root,
        title=("Run as root", "以 root 运行"),
        says=("The image ends with USER {user}: its processes run as root.", "镜像以 USER {user} 结束：进程以 root 运行。"),
        change=(
            "Do what needs root before, and end the last stage with `USER` and a number above 0.",
            "把需要 root 的步骤放在前面，最后阶段以 `USER` 和大于 0 的数字结束。",
        ),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        fires=(("FROM debian:12\nUSER app\nUSER root\n", "the last USER is root"), ("FROM debian:12\nUSER 0:0\n", "by number")),
        quiet=(
            ("FROM debian:12\nUSER root\nRUN x\nUSER app\n", "root only for a while"),
            ("FROM a:1 AS b\nUSER root\nFROM c:1\nUSER app\n", "another stage"),
        ),
    ),
    check(
        "CFG-006",
        Severity.LOW,
        FileKind.CONTAINER,
        _sudo,
        title=("Run sudo in a build", "在构建中运行 sudo"),
        says=(
            "A build step runs {command} by sudo, so sudo is in the image and its rules let a user become root.",
            "构建步骤通过 sudo 运行 {command}，镜像中就有 sudo，其规则允许用户变成 root。",
        ),
        change=(
            "Write `USER root` before the step and the other user after it, and leave sudo out.",
            "在该步骤前写 `USER root`，之后换回原用户，不要安装 sudo。",
        ),
        techniques=("T1548",),
        weaknesses=("CWE-250",),
        fires=(("FROM a:1\nRUN sudo apt-get update\n", "sudo itself"),),
        quiet=(("FROM a:1\nRUN echo sudo\n", "a word"),),
    ),
    check(
        "CFG-007",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _open_permissions,
        title=("Let everyone write files", "允许所有人写文件"),
        says=(
            "{path} gets mode {mode}: every process in the container may change it.",
            "{path} 的权限为 {mode}：容器中的任何进程都能修改它。",
        ),
        change=(
            "Give the file to the user that needs it: `COPY --chown=10001:10001 --chmod=755`, or `chmod u+w`.",
            "把文件交给需要它的用户：`COPY --chown=10001:10001 --chmod=755` 或 `chmod u+w`。",
        ),
        techniques=("T1222.002",),
        weaknesses=("CWE-732",),
        fires=(
            ("FROM a:1\nRUN chmod -R 777 /app\n", "777"),
            ("FROM a:1\nCOPY --chmod=0777 x /x\n", "an option of COPY"),
            ("FROM a:1\nRUN chmod a+rwx /x\n", "by letters"),
        ),
        quiet=(
            ("FROM a:1\nRUN chmod 1777 /tmp\n", "the sticky folder"),
            ("FROM a:1\nRUN chmod +x /x\n", "executable"),
            ("FROM a:1 AS b\nRUN chmod 777 /x\nFROM c:1\n", "left behind in another stage"),
        ),
    ),
    check(
        "CFG-008",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _set_uid,
        title=("Make a program run with another's rights", "让程序以他人权限运行"),
        says=(
            "{path} is given {mode}: whoever runs it gets rights that they lack.",
            "{path} 被授予 {mode}：运行者会获得原本没有的权限。",
        ),
        change=("Leave the bit out, and give the right to the process that needs it.", "去掉该位，把权限授予真正需要的进程。"),
        techniques=("T1548.001",),
        weaknesses=("CWE-250",),
        fires=(
            ("FROM a:1\nRUN chmod u+s /bin/x\n", "by letter"),
            ("FROM a:1\nRUN chmod 4755 /bin/x\n", "by number"),
            ("FROM a:1\nRUN setcap cap_net_raw+ep /bin/ping\n", "a capability"),
        ),
        quiet=(
            ("FROM a:1\nRUN chmod 0755 /x && chmod 1777 /y\n", "no such bit"),
            ("FROM a:1\nRUN chmod u-s /bin/su\n", "taken away"),
        ),
    ),
    check(
        "CFG-009",
        Severity.HIGH,
        FileKind.CONTAINER,
        _password,
        title=("Set a password in a build", "在构建中设置密码"),
        says=(
            "A build step sets a password by {command}: everyone who has the image can read or guess it.",
            "构建步骤用 {command} 设置密码：拿到镜像的人都能读出或猜到。",
        ),
        change=(
            "Leave the account without a password, and change the one that was written here.",
            "不要为账户设置密码，并更换写在这里的密码。",
        ),
        techniques=("T1552.001", "T1078"),
        weaknesses=("CWE-259",),
        fires=(
            ("FROM a:1\nRUN echo 'root:Hello1' | chpasswd\n", "by chpasswd"),
            ("FROM a:1\nRUN passwd -d root\n", "an empty one"),
        ),
        quiet=(("FROM a:1\nRUN useradd -m app\n", "no password"), ("FROM a:1\nRUN passwd -l root\n", "locked")),
    ),
    check(
        "CFG-010",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _sudoers,
        title=("Let a user become root without a password", "允许用户无密码变成 root"),
        says=("A build step writes a NOPASSWD rule for sudo.", "构建步骤写入了 sudo 的 NOPASSWD 规则。"),
        change=("Leave sudo and its rule out of the last stage.", "最后阶段不要有 sudo 及其规则。"),
        techniques=("T1548",),
        weaknesses=("CWE-250",),
        fires=(("FROM a:1\nRUN echo 'app ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/app\n", "the usual line"),),
        quiet=(("FROM a:1\nRUN rm -f /etc/sudoers.d/app\n", "a rule goes"),),
    ),
    check(
        "CFG-011",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _admin_port,
        title=("Open a port for remote administration", "开放远程管理端口"),
        says=("Port {port} ({service}) is exposed.", "暴露了端口 {port}（{service}）。"),
        change=(
            "Take the service out of the image; the runtime's own exec gives a shell where one is needed.",
            "从镜像中移除该服务；需要 shell 时可用运行时自带的 exec。",
        ),
        techniques=("T1133", "T1021.004"),
        weaknesses=("CWE-284",),
        fires=(
            ("FROM a:1\nEXPOSE 80 22/tcp\n", "SSH beside another port"),
            ("ARG P=22\nFROM a:1\nARG P\nEXPOSE $P\n", "by a variable"),
        ),
        quiet=(("FROM a:1\nEXPOSE 8022 2222\n", "other ports"),),
    ),
)
