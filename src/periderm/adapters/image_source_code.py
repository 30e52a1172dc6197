"""Opens a folder of source code, or a git repository at a path or an address, as one layer. Runs nothing of it.

A repository at an address is fetched by git(1), one commit deep, with hooks, filters, submodules and foreign
configuration switched off, into a folder that is removed afterwards. A working tree is read as it lies there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator

from periderm.formats import git_records
from periderm.model.errors import ImageSourceError, NotFoundError, UsageError
from periderm.model.image import ImageConfig
from periderm.ports.image_source import OpenImage, TreeLayer

OpenTree = Callable[[str, Collection[str]], TreeLayer]  # (folder, names of folders that are not entered)
SKIPPED = (".git", ".hg", ".svn", ".venv", "__pycache__", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache")
_ADDRESS = re.compile(r"(?:https?|ssh|git|file)://|[\w.-]+@[\w.-]+:")
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@+-]{0,250}")
FETCH_SECONDS = 600
# git-config(1): nothing of the repository, the user or the machine decides what is executed.
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=true",
    "core.autocrlf=false",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "credential.helper=",
    "fetch.fsckObjects=true",
    "transfer.fsckObjects=true",
)


class SourceCode:
    """`ports.image_source.ImageSource`: `location` is a folder or an address, `name` a branch, a tag, or ''. `kind` is the
    word before the colon of its images' source; folders named in `skipped` are not entered."""

    def __init__(self, open_tree: OpenTree, cache: str, kind: str = "source", skipped: tuple[str, ...] = SKIPPED) -> None:
        self._open_tree = open_tree
        self._cache = cache
        self._kind = kind
        self._skipped = skipped

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the source. Raises ImageSourceError, NotFoundError, UsageError."""
        if _ADDRESS.match(location):
            with self._fetched(location, name) as folder:
                yield self._image(folder, without_password(location))
            return
        path = os.path.abspath(location)
        if not os.path.isdir(path):
            raise NotFoundError(f"There is no folder {location}.", "Give a folder, or an address such as https://….")
        if is_bare(path) or (name and os.path.isdir(os.path.join(path, ".git"))):
            with self._fetched("file://" + path, name) as folder:
                yield self._image(folder, path)
            return
        if name:
            raise UsageError(f"{location} is no git repository, so it has no {name!r}.", "Leave the branch out.")
        yield self._image(path, path)

    def _image(self, folder: str, reference: str) -> OpenImage:
        commit, branch = git_records.head(_reader(os.path.join(folder, ".git")))
        tree = self._open_tree(folder, self._skipped)
        missed = tuple(
            f"The submodule {path} was not fetched."
            for path in git_records.submodules(_reader(folder)(".gitmodules"))
            if not _filled(os.path.join(folder, posixpath.normpath("/" + path)[1:]))
        )
        shown = f"{reference}@{commit[:12]}" if commit else reference
        digest = "sha256:" + hashlib.sha256(b"source:" + os.fsencode(reference)).hexdigest()
        config = ImageConfig(labels={"org.opencontainers.image.revision": commit, "branch": branch} if commit else {})
        return OpenImage(shown, f"{self._kind}:{reference}", digest, config, (tree,), missed=missed)

    @contextlib.contextmanager
    def _fetched(self, address: str, ref: str) -> Iterator[str]:
        if ref and (not _REF.fullmatch(ref) or ".." in ref):
            raise UsageError(f"{ref!r} is no name of a branch or a tag.", "Give one as `git branch` or `git tag` shows it.")
        git = shutil.which("git")
        if git is None:
            raise ImageSourceError(
                "Fetching a repository needs git, which is not installed.", "Install git, or clone it and scan the folder."
            )
        os.makedirs(self._cache, mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=self._cache) as folder:
            target = os.path.join(folder, "tree")
            _run([git, *_settings(), "clone", *_shallow(ref), "--", address, target], address, folder)
            yield target


def is_bare(path: str) -> bool:
    """Whether a folder is a repository without a working tree: gitrepository-layout(5)."""
    return all(os.path.exists(os.path.join(path, part)) for part in ("HEAD", "objects", "refs"))


def without_password(address: str) -> str:
    """The address as it may be shown: what stands before '@' in an http address is a secret."""
    return re.sub(r"(https?://)[^/@]+@", r"\1", address)


def _settings() -> Iterator[str]:
    for setting in _SETTINGS:
        yield "-c"
        yield setting


def _shallow(ref: str) -> tuple[str, ...]:
    plain = ("--quiet", "--depth=1", "--single-branch", "--no-tags", "--no-recurse-submodules", "--template=")
    return (*plain, f"--branch={ref}") if ref else plain


def _run(command: list[str], address: str, folder: str) -> None:
    """git without the user's and the machine's configuration, without questions, for a bounded time."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": folder,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    kept = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "SSH_AUTH_SOCK")
    environment.update({name: os.environ[name] for name in kept if name in os.environ})
    shown = without_password(address)
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ImageSourceError(
            f"{shown} was not fetched within {FETCH_SECONDS} seconds.", "Clone it and scan the folder."
        ) from None
    if done.returncode:
        told = without_password(done.stderr.decode("utf-8", "replace")).strip().splitlines()
        why = next((line for line in reversed(told) if line.startswith(("fatal:", "error:"))), told[-1] if told else "")
        raise ImageSourceError(f"{shown} cannot be fetched: {why[:300]}", "Check the address, the branch and your rights.")


def _reader(folder: str) -> Callable[[str], bytes]:
    """Small files below a folder; links are not followed."""

    def read(name: str) -> bytes:
        try:
            descriptor = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return b""
        with open(descriptor, "rb") as file:
            try:
                return file.read(1 << 20)
            except OSError:
                return b""  # a folder

    return read


def _filled(path: str) -> bool:
    try:
        return bool(os.listdir(path))
    except OSError:
        return False
