"""Go's module file, go.mod: what it requires. Resolves nothing, and reads no go.work.

`replace` is honoured: a replacement is told by its own name and version (a fork is not what it was forked from), a folder
is the project's own and not told. `exclude` and `retract` name what is *not* used. The `toolchain` line is told as the
standard library, as Go's own advisories name it. Sources: go.dev/ref/mod; go.dev/doc/toolchain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.errors import FormatError
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

_GO = re.compile(r"go(\d+\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)(?:[-.].*)?")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|([^\s"`]+)')
_BLOCKS = frozenset(("require", "replace", "exclude", "retract", "tool", "godebug", "ignore"))


def read(data: bytes, path: str) -> FileFacts:
    """The modules that are required. Raises FormatError for a file without a module line."""
    found = Found(path, "golang")
    required: dict[str, str] = {}
    replaced: dict[tuple[str, str], tuple[str, str]] = {}
    toolchain = module = ""
    for verb, words in _lines(reading.decoded(data)):
        if verb == "module" and words:
            module = words[0]
        elif verb == "require" and len(words) >= 2:
            required[words[0]] = words[1]
        elif verb == "replace" and "=>" in words:
            at = words.index("=>")
            old, new = words[:at], words[at + 1 :]
            if old and new:
                replaced[old[0], old[1] if len(old) > 1 else ""] = (new[0], new[1] if len(new) > 1 else "")
        elif verb == "toolchain" and words:
            toolchain = words[0]
    if not module:
        raise FormatError("it has no module line.", where=path)
    for asked, wanted in required.items():
        name, version = replaced.get((asked, wanted), replaced.get((asked, ""), (asked, wanted)))
        if version:
            namespace, _, last = name.rpartition("/")
            found.add(last, version, namespace=namespace)
    told = _GO.fullmatch(toolchain)
    if told:
        found.add("stdlib", told[1])
    return found.facts()


def _lines(text: str) -> Iterator[tuple[str, list[str]]]:
    """(directive, words) of each line, those in `require ( … )` with their directive."""
    block = ""
    for line in text.splitlines():
        words = [m[1] if m[1] is not None else m[2] if m[2] is not None else m[3] for m in _WORD.finditer(_code(line))]
        if not words:
            continue
        if block:
            if words[0] == ")":
                block = ""
            else:
                yield block, words
        elif len(words) >= 2 and words[1] == "(" and words[0] in _BLOCKS:
            block = words[0]
        else:
            yield words[0], words[1:]


def _code(line: str) -> str:
    """Without the comment; addresses of modules have no '//' in them."""
    return line.split("//", 1)[0].replace("(", " ( ").replace(")", " ) ")[:4_000]


FORMAT = PackageFormat(
    id="go-mod",
    title=Text("Go module files", "Go 模块文件"),
    read=read,
    names=("go.mod",),
    source_only=True,
)
