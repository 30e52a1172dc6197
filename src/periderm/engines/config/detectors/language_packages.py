"""Scripts of any build that install packages of a language without a version or a lock file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.shell import Command
from periderm.model.build_file import FileKind
from periderm.model.severity import Severity

_ALL = (FileKind.CONTAINER, FileKind.WORKFLOW, FileKind.ACTION, FileKind.GITLAB)
_OPEN = re.compile(r"[$`*{]")
_TOOLS = frozenset({"pip", "setuptools", "wheel", "pip3"})  # what installs the others
_LOCAL = (".", "/", "-", "git+", "http:", "https:", "file:")
_WITH_WORD = frozenset(
    {
        "-i",
        "--index-url",
        "--extra-index-url",
        "-c",
        "--constraint",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--python",
        "-p",
        "--registry",
        "--proxy",
        "--timeout",
        "--retries",
        "--cache-dir",
        "--platform",
        "--config-settings",
        "--trusted-host",
        "--no-binary",
        "--only-binary",
        "--progress-bar",
        "--user-agent",
        "--abi",
        "--implementation",
        "--log",
        "--global-option",
        "--install-option",
        "--upgrade-strategy",
        "--src",
        "-e",
        "--editable",
        "-r",
        "--requirement",
        "--group",
        "--loglevel",
        "--cache",
        "--workspace",
        "-w",
    }
)


def _names(words: tuple[str, ...]) -> list[str]:
    """The packages among the words after `install`."""
    found, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _WITH_WORD
        elif (
            not word.startswith(_LOCAL)
            and not _OPEN.search(word)
            and not word.endswith((".whl", ".gz", ".txt", ".tgz", ".gem", ".zip", "/"))
        ):
            found.append(word)
    return found


def _python(command: Command) -> list[str]:
    words = command.words
    if command.program in ("python", "python3") and words[1:3] == ("-m", "pip"):
        words = words[2:]
    elif command.program == "uv" and words[1:2] == ("pip",):
        words = words[1:]
    elif not re.fullmatch(r"pip(?:3(?:\.\d+)?)?", command.program):
        return []
    if "install" not in words or any(
        w in ("-c", "--constraint", "--require-hashes", "--help", "--no-index") or w.startswith(("--constraint=", "-c="))
        for w in words
    ):
        return []
    return [
        n
        for n in _names(words[words.index("install") + 1 :])
        if not re.search(r"[=<>~@!;]", n) and n.partition("[")[0] not in _TOOLS and "/" not in n
    ]


def _node(command: Command) -> list[str]:
    words = command.words
    verb = next((w for w in words[1:] if not w.startswith("-")), "")
    everywhere = "-g" in words or "--global" in words or "--location=global" in words
    if command.program not in ("npm", "pnpm") or verb not in ("install", "i", "add") or not everywhere:
        return []
    names = _names(words[words.index(verb) + 1 :])
    return [n for n in names if "@" not in n[1:] or n.endswith(("@latest", "@next"))]


def _others(command: Command) -> list[str]:
    words, program = command.words, command.program
    if program == "go" and words[1:2] == ("install",):
        return [w for w in words[2:] if w.endswith("@latest")]
    if program == "gem" and words[1:2] == ("install",) and not command.has("-v", "--version") and "-v" not in words:
        return [n for n in _names(words[2:]) if ":" not in n]
    if (
        program == "cargo"
        and words[1:2] == ("install",)
        and not command.has("--version", "--vers", "--path", "--git", "--locked")
    ):
        return [n for n in _names(words[2:]) if "@" not in n]
    return []


def _unpinned(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        names = _python(command) or _node(command) or _others(command)
        if names:
            yield Hit(
                line=command.line, start=run.line, values={"names": ", ".join(names[:4]) + (" …" if len(names) > 4 else "")}
            )


def _unlocked(facts: Facts) -> Iterator[Hit]:
    for run, command in facts.commands():
        words = [w for w in command.words[1:] if not w.startswith("-")]
        if (
            command.program == "npm"
            and words in (["install"], ["i"])
            and not command.has("-g", "--global", "--package-lock-only")
        ):
            yield Hit(line=command.line, start=run.line)


DETECTORS = (
    check(
        "CFG-032",
        Severity.LOW,
        _ALL,
        _unpinned,
        title=("Get a language's packages without a version", "安装语言软件包时不指定版本"),
        says=("{names}: the newest release of the day is taken, whoever made it.", "{names}：取当天最新版本，不论由谁发布。"),
        change=("Write the version, and best install from a lock file with hashes.", "写明版本，最好从带哈希的锁文件安装。"),
        techniques=("T1195.002",),
        weaknesses=("CWE-1357",),
        fires=(
            ("FROM a:1\nRUN pip install --no-cache-dir flask gunicorn==22.0\n", "one of two"),
            ("FROM a:1\nRUN npm install -g yarn\n", "a global tool"),
            ("FROM a:1\nRUN go install x.example/t@latest\n", "Go's latest"),
        ),
        quiet=(
            (
                "FROM a:1\nRUN pip install -r requirements.txt && pip install --upgrade pip && pip install .\n",
                "a file, the tool itself, the folder",
            ),
            ("FROM a:1\nRUN npm install -g yarn@1.22.22 @scope/x@2.0.0 && npm ci\n", "versions"),
            ("FROM a:1\nRUN pip install \"flask==$V\" 'x>=2,<3' && cargo install --locked y\n", "bounds and locks"),
        ),
    ),
    check(
        "CFG-033",
        Severity.INFORMATIONAL,
        (FileKind.CONTAINER,),
        _unlocked,
        title=("Get packages past the lock file", "绕过锁文件安装软件包"),
        says=("`npm install` may take other versions than the lock file names.", "`npm install` 可能安装与锁文件不同的版本。"),
        change=("Write `npm ci`.", "改用 `npm ci`。"),
        weaknesses=("CWE-1357",),
        fires=(("FROM a:1\nRUN npm install --production\n", "install"),),
        quiet=(("FROM a:1\nRUN npm ci\n", "ci"), ("FROM a:1\nRUN npm install -g npm@10.9.0\n", "a tool")),
    ),
)
