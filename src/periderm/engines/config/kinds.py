"""Which paths are build files, and of which kind. Looks at names only: what lies in a file decides its reader."""

from __future__ import annotations

import re

from periderm.model.build_file import FileKind

# Code that others wrote and that lies here as a copy: nobody builds by its files.
_COPIES = re.compile(r"(^|/)(node_modules|vendor|site-packages|\.git)/")
_CONTAINER = re.compile(
    r"(^|/)(?:(?:Dockerfile|Containerfile|dockerfile|containerfile)(?:[.-][^/]{1,80})?|[^/]{1,80}\.(?:[Dd]ockerfile|[Cc]ontainerfile))$"
)
_NO_CONTAINER = re.compile(
    r"(?i)\.(?:dockerignore|md|txt|py|go|js|ts|sh|rb|json|ya?ml|tmpl|tpl|j2|jinja2?|erb|mustache|in|template|orig|rej|swp|html|rs|java|lock|xml)$"
)
_COMPOSE = re.compile(r"(^|/)(?:docker-|podman-|container-)?compose(?:[._-][^/]{1,80})?\.ya?ml$")
_WORKFLOW = re.compile(r"(^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
_ACTION = re.compile(r"(^|/)action\.ya?ml$")
_GITLAB = re.compile(r"(^|/)(?:\.gitlab-ci|[^/]{1,80}\.gitlab-ci)\.ya?ml$|(^|/)\.gitlab(?:-ci|/ci)/(?:[^/]+/)*[^/]+\.ya?ml$")
_SEVERAL = (
    (_WORKFLOW, FileKind.WORKFLOW),
    (_GITLAB, FileKind.GITLAB),
    (_COMPOSE, FileKind.COMPOSE),
    (_ACTION, FileKind.ACTION),
)


def kind_of(path: str) -> FileKind | None:
    """The kind of build file at a path, None if it is none. Templates of such files, and copies of other people's code
    (node_modules, vendor, site-packages), are none."""
    if _COPIES.search(path):
        return None
    if path.endswith((".yml", ".yaml")):
        return next((kind for pattern, kind in _SEVERAL if pattern.search(path)), None)
    if _CONTAINER.search(path) and not _NO_CONTAINER.search(path):
        return FileKind.CONTAINER
    return None


def may_be_part(path: str) -> bool:
    """Whether a file may be one that a Compose file takes in under a name of its own."""
    return path.endswith((".yml", ".yaml")) and kind_of(path) is None and not _COPIES.search(path)
