"""What common utilities do to the files that their command line names: `mkdir`, `chown`, `rm`, `sed -i` and the like, as they
stand in start scripts. Only absolute literal paths count; a utility that is not listed does nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from periderm.model.start_facts import FactKind

_PATH = re.compile(r"/[\w.@+/*-]{1,300}")
_VERBS = {"mkdir": "mkdir", "rm": "unlink", "rmdir": "unlink", "unlink": "unlink", "chown": "chown", "chgrp": "chown"}
_CHANGES = {**_VERBS, "chmod": "chmod", "touch": "utime", "truncate": "truncate"}
_NAMES = "cat head tail grep egrep awk sort cut wc sha256sum md5sum stat diff sed xargs"
_READERS = frozenset(_NAMES.split())
_COPIERS = frozenset(("cp", "mv", "install", "ln"))
_BELOW = frozenset(("chown", "chgrp", "chmod", "rm"))  # what takes -R or -r


def effects(words: Sequence[str]) -> Iterator[tuple[FactKind, str]]:
    """(kind, value) of what a command line does to files, as facts of its program."""
    name = words[0].rpartition("/")[2]
    options = [word for word in words[1:] if word.startswith("-")]
    paths = [word for word in words[1:] if _PATH.fullmatch(word)][:20]
    if name in _CHANGES:
        yield from _changed(name, options, paths)
    elif name in _COPIERS:
        yield from ((FactKind.READ, path) for path in paths[:-1])
        yield from ((FactKind.WRITE, path) for path in paths[1:][-1:])
    elif name == "tee":
        yield from ((FactKind.WRITE, path) for path in paths)
    elif name == "find":
        yield from ((FactKind.READ, f"{path}/**") for path in paths[:5])
    elif name in _READERS:
        yield from ((FactKind.READ, path) for path in paths)
        if name == "sed" and any(option.startswith(("-i", "--in-place")) for option in options):
            for path in paths:
                yield FactKind.WRITE, path
                scratch = f"{path.rpartition('/')[0]}/sed*"
                yield FactKind.WRITE, scratch
                yield FactKind.CHANGE, f"chown {scratch}"
                yield FactKind.CHANGE, f"chmod {scratch}"


def _changed(name: str, options: Sequence[str], paths: Sequence[str]) -> Iterator[tuple[FactKind, str]]:
    """What is done to a file itself and not to its content."""
    deep = name in _BELOW and any(re.fullmatch(r"-[a-zA-Z]*[rR][a-zA-Z]*|--recursive", option) for option in options)
    for path in paths:
        yield FactKind.CHANGE, f"{_CHANGES[name]} {path}"
        if deep:
            yield FactKind.CHANGE, f"{_CHANGES[name]} {path}/**"
            yield FactKind.READ, f"{path}/**"
        if name == "touch":
            yield FactKind.WRITE, path
