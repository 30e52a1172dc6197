"""Opens what git has staged: the added and changed files of the index with the index's content, not the working tree's.

The contents are put into a folder of this user's that is removed afterwards; links and submodules are left out, and said.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import IO

from periderm.adapters.git_local.asking import SECONDS, ask, command, environment
from periderm.model.errors import ImageSourceError, NotFoundError, UsageError
from periderm.model.image import ImageConfig
from periderm.ports.image_source import OpenImage, TreeLayer

OpenTree = Callable[[str, Collection[str]], TreeLayer]
MOST_FILES = 100_000
LARGEST = 64 << 20  # bytes of one file
MOST_BYTES = 2 << 30  # of all together
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git-hash-object(1) of a tree without entries
EMPTY_TREE_SHA256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"


class StagedFiles:
    """`ports.image_source.ImageSource`: `location` is a folder in a repository."""

    def __init__(self, open_tree: OpenTree, cache: str) -> None:
        self._open_tree, self._cache = open_tree, cache

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens them. Raises NotFoundError, ImageSourceError, UsageError."""
        if name:
            raise UsageError("What is staged has no branch.", "Leave it out.")
        folder = os.path.abspath(location or ".")
        if not os.path.isdir(folder):
            raise NotFoundError(f"There is no folder {location}.", "Give the folder of a git repository.")
        files, missed = listed(folder)
        os.makedirs(self._cache, mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="staged-", dir=self._cache) as there:
            missed += _written(folder, files, there)
            digest = "sha256:" + hashlib.sha256(b"staged:" + os.fsencode(folder)).hexdigest()
            tree = self._open_tree(there, ())
            yield OpenImage(f"{folder} (staged)", f"source:{folder}", digest, ImageConfig(), (tree,), missed=tuple(missed))


def listed(folder: str) -> tuple[list[tuple[str, str]], list[str]]:
    """((path below the repository's root, object) of each regular file that is added or changed; what is left out)."""
    head = ask(folder, "rev-parse", "--verify", "--quiet", "HEAD^{tree}", fine=(0, 1)).decode("ascii", "replace").strip()
    if not head:
        sha256 = ask(folder, "rev-parse", "--show-object-format").strip() == b"sha256"
        head = EMPTY_TREE_SHA256 if sha256 else EMPTY_TREE
    words = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--full-index", head)
    parts = ask(folder, *words, "--").split(b"\0")
    files: list[tuple[str, str]] = []
    missed: list[str] = []
    # git-diff-tree(1), raw output: ':old-mode new-mode old-object new-object status' NUL path NUL
    for told, raw in zip(parts[::2], parts[1::2], strict=False):
        _, mode, _, name, status = told.decode("ascii", "replace").lstrip(":").split(" ", 4)
        path = os.fsdecode(raw)
        if status[:1] == "U":
            missed.append(f"{path} is not merged.")
        elif status[:1] not in "AMT" or mode in ("120000", "160000"):
            continue  # deleted, a link, or a submodule
        elif not _harmless(path):
            missed.append(f"{path!r} is no path of a repository.")
        elif len(files) >= MOST_FILES:
            missed.append(f"More than {MOST_FILES} files are staged; the rest was not looked at.")
            break
        else:
            files.append((path, name))
    return files, missed


def _harmless(path: str) -> bool:
    """git itself makes no other; whoever writes an index by hand can."""
    parts = path.split("/")
    return bool(path) and posixpath.normpath(path) == path and not path.startswith("/") and not {"..", ".git"} & set(parts)


def _written(folder: str, files: Sequence[tuple[str, str]], target: str) -> list[str]:
    """Puts the contents there; what was left out."""
    missed: list[str] = []
    if not files:
        return missed
    left = MOST_BYTES
    with tempfile.TemporaryFile() as asked:
        asked.write(b"".join(name.encode() + b"\n" for _, name in files))
        asked.seek(0)
        batch = command(folder, "cat-file", "--batch", "--buffer")
        with subprocess.Popen(
            batch, env=environment(), stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1 << 20
        ) as git:
            output = git.stdout
            if output is None:
                raise ImageSourceError("git gives nothing.", "See whether `git status` works.")
            for path, name in files:
                size = _size(output.readline(200), name)
                if size > LARGEST or size > left:
                    missed.append(f"{path} is too large: {size >> 20} MiB.")
                    _skip(output, size + 1)
                    continue
                left -= size
                content = output.read(size)
                if len(content) != size or output.read(1) != b"\n":
                    raise ImageSourceError(f"git broke off in {path}.", "See whether `git fsck` finds fault.")
                _put(target, path, content)
            git.wait(SECONDS)
    return missed


def _size(line: bytes, name: str) -> int:
    """git-cat-file(1), batch output: 'object type size'."""
    parts = line.decode("ascii", "replace").split()
    if len(parts) != 3 or parts[1] != "blob" or not parts[2].isdecimal():
        raise ImageSourceError(f"git does not have the content {name[:12]} here.", "Fetch it: `git fetch`; then try again.")
    return int(parts[2])


def _skip(output: IO[bytes], size: int) -> None:
    while size > 0 and (piece := output.read(min(size, 1 << 20))):
        size -= len(piece)


def _put(target: str, path: str, content: bytes) -> None:
    """There are no links below `target`, so nothing leads out of it."""
    place = os.path.join(target, path)
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "xb") as file:
            file.write(content)
    except (OSError, ValueError) as error:
        raise ImageSourceError(f"{path!r} cannot be put aside: {error}.", "Rename it.") from None
