"""RUN-045: software is installed, removed or upgraded in a running container by a package manager.

Asking (`dpkg -l`, `pip list`) is not meant, nor image builds, nor running an application through its manager (`npm start`).
Only the manager that was called is told, not what it starts.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Verdict, Where
from periderm.engines.runtime.scene import runs, scene
from periderm.engines.runtime.situation import Situation, situation, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SYSTEM = words(
    """
    apt apt-get aptitude yum dnf dnf5 microdnf tdnf zypper apk opkg xbps-install pacman emerge snap flatpak brew nix-env
    dpkg rpm
    """
)
_LANGUAGE = words(
    """
    pip pip3 pipx uv poetry conda mamba micromamba gem bundle npm npx yarn pnpm composer cargo go cpan cpanm luarocks
    easy_install helm
    """
)
_CHANGES = words(
    """
    install add upgrade update dist-upgrade full-upgrade remove purge del erase localinstall reinstall i ci in dup up
    groupinstall swap downgrade require sync fix build-dep get dlx
    """
)
_DPKG = frozenset({"-i", "--install", "--unpack", "-r", "--remove", "-P", "--purge", "--configure"})
_DRY = frozenset({"-s", "--simulate", "--dry-run", "--just-print", "--no-act", "--recon", "--assumeno"})
_ANY = _SYSTEM | _LANGUAGE


def _manager(name: str, arguments: tuple[str, ...]) -> str:  # noqa: PLR0911, PLR0912 -- one return for each way out
    """What a command line changes ('apt-get install'), '' for nothing."""
    name = programs.base(name).removesuffix("-cli.js").removesuffix(".phar").removesuffix(".js").removesuffix(".cjs")
    if programs.interpreter(name):
        for index, argument in enumerate(arguments[:3]):
            inner = (
                programs.base(argument).removesuffix("-cli.js").removesuffix(".phar").removesuffix(".js").removesuffix(".cjs")
            )
            if inner in _LANGUAGE or inner in _SYSTEM:
                return _manager(inner, arguments[index + 1 :])
        return ""
    name = re.sub(r"-\d+$", "", name)  # dnf-3
    if name.startswith("pip3."):
        name = "pip"
    if name not in _ANY:
        return ""
    if name == "dpkg":
        return next((f"dpkg {a}" for a in arguments if a in _DPKG), "")
    if name == "rpm":
        return next((f"rpm {a}" for a in arguments if a[:2] in ("-i", "-U", "-F", "-e") or a in ("--install", "--upgrade")), "")
    if name in ("pacman", "emerge", "xbps-install", "cpanm", "npx", "easy_install"):
        return name if name != "pacman" or any(a.startswith(("-S", "-U", "-R")) for a in arguments) else ""
    words = [a for a in arguments if not a.startswith("-")]
    if name == "nix-env":
        return name if any(a in ("-i", "-iA", "--install") for a in arguments) else ""
    for word in words[:3]:
        if word in _CHANGES:
            return f"{name} {word}"
        if name in ("uv", "conda", "flatpak", "snap") and word in ("pip", "tool", "env"):
            continue
        if name in ("npm", "yarn", "pnpm", "go", "cargo", "composer", "bundle", "uv", "poetry", "gem", "helm"):
            return ""  # the first word is the command
    return "yarn" if name == "yarn" and not words else ""


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime or not context.contained or context.building:
        return None
    what = context.command
    change = _manager(what.name, what.arguments)
    if _DRY.intersection(what.arguments):
        return None
    if not change or any(p.script == "" and _outer(p.exe, p.argv) for p in context.ancestors):
        return None
    here = situation(context)
    if context.server_shell:
        severity = Severity.HIGH
    elif context.interactive or here is Situation.INTRUDER:
        severity = Severity.MEDIUM
    else:
        severity = Severity.LOW
    return Verdict(
        object=change, severity=severity, fill={"line": context.line[:120]}, evidence={"situation": context.process.how}
    )


def _outer(exe: str, argv: tuple[str, ...]) -> bool:
    """A package manager above: it has been told already."""
    what = programs.command(exe, argv)
    return bool(_manager(what.name, what.arguments)) or what.name in (
        "unattended-upgrade",
        "unattended-upgr",
        "apt.systemd.daily",
    )


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-045",
        title=Text("Run a package manager in a container", "在容器中运行软件包管理器"),
        message=Text(
            "Software was changed in {subject}, which runs already: {line}",
            "在运行中的 {subject} 内更改了软件：{line}",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Install in the image build, not in the container, and take the package manager out of the final image. If "
            "nobody of yours did it, somebody fetched tools.",
            "请在构建镜像时安装，而非在容器中安装，并从最终镜像中移除软件包管理器。若非自己人所为，则是有人在引入工具。",
        ),
        techniques=("T1105", "T1072"),
        behaviours=(45,),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/bin/apt-get", "apt-get", "-y", "install", "nmap", flags=_SESSION)), "apt in a session"
            ),
            Example(scene(runs(2, 1, "/sbin/apk", "apk", "--no-cache", "add", "curl")), "apk, by the container's own program"),
            Example(
                scene(runs(2, 900, "/usr/bin/python3.11", "python3", "-m", "pip", "install", "x", flags=_SESSION)),
                "pip as a module",
            ),
            Example(scene(runs(2, 900, "/usr/bin/rpm", "rpm", "-Uvh", "x.rpm", flags=_SESSION)), "rpm with a file"),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh"),
                    runs(3, 2, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/bin/dpkg", "-i", "/tmp/a.deb"),
                ),
                "dpkg behind the dynamic loader, below a server's shell",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 900, "/usr/bin/dpkg", "dpkg", "-l", flags=_SESSION)), "a list of packages"),
            Example(scene(runs(2, 900, "/usr/bin/pip3", "pip3", "list", flags=_SESSION)), "what is installed"),
            Example(
                scene(runs(1, 0, "/usr/bin/node", "node", "/usr/bin/npm-cli.js", "start", at=0.0)), "npm starts the application"
            ),
            Example(scene(runs(1, 0, "/usr/bin/npm", "npm", "run", "build", at=0.0)), "npm runs a script"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "apt-get", "install")), "somebody greps"),
        ),
    ),
    interests=(tool_interest(_ANY | {"npm-cli.js", "composer.phar", "pip3.11", "yarn.js"}, where=Where.CONTAINER),),
    judge=_judge,
)
