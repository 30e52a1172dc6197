"""Finds what builds leave behind: a repository's whole history, caches of package managers. Their size is not told."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.engines.image.leftovers import CACHES, REPOSITORIES, ROOT_REPOSITORIES
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import FileType
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_APT = "var/lib/apt/lists"
_ARCHIVES = ("var/cache/apt/archives", "var/cache/apk", "var/cache/dnf", "var/cache/yum")
_NO_LISTS = frozenset(("lock", "partial", "auxfiles"))
# Repositories that tools install themselves from, and that hold nobody's own history.
_TOOLS = (
    "/.nvm/",
    "/.oh-my-zsh/",
    "/.pyenv/",
    "/.rbenv/",
    "/.asdf/",
    "/.fzf/",
    "/homebrew/",
    "/.linuxbrew/",
    "/.tmux/",
    "/flutter/",
)
_SHOWN = 8

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-076",
    title=Text("Leave behind what the build needed", "残留构建过程的内容"),
    message=Text("The image still holds {what}: {names}.", "镜像中仍有{what}：{names}。"),
    severity=Severity.INFORMATIONAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Build in a stage of its own and copy only the result; list .git in .containerignore; use cache mounts.",
        "在独立阶段中构建并仅复制结果；在 .containerignore 中列出 .git；使用缓存挂载。",
    ),
    techniques=(),
    fires=(
        Example(GivenImage(layers=((GivenFile("srv/app/.git/HEAD", b"ref: refs/heads/main\n"),),)), "a whole repository"),
        Example(GivenImage(layers=((GivenFile("var/lib/apt/lists/x_Packages.lz4", b"x"),),)), "apt's lists"),
        Example(GivenImage(layers=((GivenFile("root/.npm/_cacache", b"", 0o755, FileType.DIRECTORY),),)), "npm's cache"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("var/lib/apt/lists/lock"), GivenFile("srv/app/main.py", b"x")),)), "tidied up"),
        Example(GivenImage(layers=((GivenFile("root/.nvm/.git/HEAD", b"ref: x\n"),),)), "a tool's own"),
        Example(
            GivenImage(layers=((GivenFile("srv/.git/HEAD", b"x"),), (GivenFile("srv/.git/.wh.HEAD"),))),
            "a later layer deletes it",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for repositories, one for caches."""
    if not facts.configured:
        return  # a source folder is a repository, and a host has its caches
    paths = [(file.path, file.layer) for file in facts.special]
    repositories = [
        (path, layer)
        for path, layer in paths
        if (path.endswith(REPOSITORIES) or path in ROOT_REPOSITORIES) and not any(tool in f"/{path}" for tool in _TOOLS)
    ]
    if repositories:
        yield _hit(repositories, Text("the history of a repository", "代码库的完整历史"), Severity.MEDIUM)
    caches = [(path, layer) for path, layer in paths if path.endswith(CACHES)]
    if set(facts.names(_APT)) - _NO_LISTS:
        caches.append((_APT, ""))
    caches += [(path, "") for path in _ARCHIVES if set(facts.names(path)) - _NO_LISTS]
    if caches:
        yield _hit(caches, Text("caches of package managers", "包管理器缓存"), Severity.INFORMATIONAL)


def _hit(several: list[tuple[str, str]], what: Text, severity: Severity) -> Hit:
    names = ", ".join(path for path, _ in several[:_SHOWN])
    return Hit(
        location=several[0][0],
        evidence=names,
        layer=several[0][1],
        values={"what": what, "names": names + ("…" if len(several) > _SHOWN else "")},
        severity=severity,
    )


DETECTOR = Detector(SPEC, judge)
