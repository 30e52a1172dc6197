"""Reads a Dockerfile or Containerfile into stages and instructions, with variables put in where BuildKit does. Judges nothing.

Source: BuildKit's Dockerfile reference. Broken instructions are kept as far as they can be understood: a builder refuses
them, a reader of security must not be blinded by them.
"""

from __future__ import annotations

import msgspec

from periderm.formats.containerfile.lines import MOST_BYTES, Statement, directives, statements
from periderm.formats.containerfile.words import Budget, Expanded
from periderm.model.build_file import ContainerFile, Instruction, Script, Stage
from periderm.model.errors import FormatError, LimitError

_NAMES = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_WITH_FLAGS = frozenset({"ADD", "COPY", "FROM", "RUN", "HEALTHCHECK"})
_PAIRED = frozenset({"ARG", "ENV", "LABEL"})
_EXPANDED = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
MOST_STAGES = 500
_GROWTH = 8 << 20  # characters


def read(data: bytes, *, where: str = "") -> ContainerFile:
    """The whole file. Raises FormatError: no text, nothing that begins an image; LimitError beyond 1 MiB, 5,000
    instructions or 500 stages."""
    if len(data) > MOST_BYTES:
        raise LimitError(f"it is larger than {MOST_BYTES >> 20} MiB.", where=where)
    if b"\0" in data:
        raise FormatError("it is no text.", where=where)
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    told = directives(text.split("\n", 4)[:4])
    escape = told.get("escape", "\\")
    reader = _Reader(escape if escape in ("\\", "`") else "\\", where)
    for statement in statements(text, reader.escape, where):
        reader.take(statement)
    stages = reader.done()
    if not stages:
        raise FormatError("it has no FROM.", where=where)
    return ContainerFile(stages=stages, before=tuple(reader.before), escape=reader.escape, syntax=told.get("syntax", ""))


class _Reader:
    """What is known while the file is read: variables of the file and of the stage."""

    def __init__(self, escape: str, where: str) -> None:
        self.escape = escape
        self.where = where
        self.before: list[Instruction] = []
        self._stages: list[tuple[Stage, list[Instruction], dict[str, str | None]]] = []
        self._global: dict[str, str | None] = {}
        self._budget = Budget(_GROWTH)

    def done(self) -> tuple[Stage, ...]:
        """All stages with their instructions."""
        return tuple(msgspec.structs.replace(stage, instructions=tuple(some)) for stage, some, _ in self._stages)

    def take(self, statement: Statement) -> None:
        """One instruction; what is none is left out."""
        name = statement.name.upper()
        if name not in _NAMES:
            return
        variables = self._stages[-1][2] if self._stages else self._global
        one = self._instruction(name, statement, variables)
        if name == "FROM":
            self._begin(one)
            return
        if not one.onbuild:
            self._assign(one, variables)
        (self._stages[-1][1] if self._stages else self.before).append(one)

    def _instruction(self, name: str, statement: Statement, variables: dict[str, str | None]) -> Instruction:
        script, onbuild = statement.script, name == "ONBUILD"
        if onbuild:
            first, _, rest = script.text.partition(" ")
            name, script = first.upper(), _cut(script, len(script.text) - len(rest.lstrip()))
        flags, script = _flags(script) if name in _WITH_FLAGS else ((), script)
        listed = _listed(script.text)
        expanded = Expanded(self._global if name == "FROM" else variables, self.escape, self._budget)
        words: tuple[str, ...]
        if listed is not None:
            words = tuple(expanded.text(word) for word in listed) if name in _EXPANDED else listed
        else:
            words = expanded.words(script.text) if name in _EXPANDED else ()
        pairs = self._pairs(name, script.text, expanded) if name in _PAIRED else ()
        return Instruction(
            name=name,
            line=statement.line,
            end=statement.end,
            script=script,
            flags=flags,
            words=words,
            pairs=pairs,
            heredocs=statement.heredocs,
            exec=listed is not None,
            onbuild=onbuild,
            stage=len(self._stages) - 1,
        )

    def _pairs(self, name: str, text: str, expanded: Expanded) -> tuple[tuple[str, str | None], ...]:
        words = expanded.words(text)
        if name in ("ENV", "LABEL") and words and "=" not in words[0]:
            return ((words[0], " ".join(words[1:])),)  # the old form: ENV name value
        found = []
        for word in words:
            key, equals, value = word.partition("=")
            found.append((key, value if equals else None))
        return tuple(found)

    def _assign(self, one: Instruction, variables: dict[str, str | None]) -> None:
        for name, value in one.pairs:
            if one.name == "ENV" or (one.name == "ARG" and value is not None):
                variables[name] = value
            elif one.name == "ARG" and self._stages:
                variables.setdefault(name, self._global.get(name))

    def _begin(self, one: Instruction) -> None:
        if len(self._stages) >= MOST_STAGES:
            raise LimitError(f"it has more than {MOST_STAGES} stages.", where=self.where)
        expanded = Expanded(self._global, self.escape, self._budget)
        words = expanded.words(one.script.text)
        base = words[0] if words else ""
        name = words[2].lower() if len(words) > 2 and words[1].upper() == "AS" else ""
        parent = self._find(base)
        number = len(self._stages)
        stage = Stage(
            number=number,
            name=name,
            base=base,
            line=one.line,
            parent=parent,
            known=expanded.known,
            platform=one.flag("platform") or "",
        )
        inherited = dict(self._stages[parent][2]) if parent >= 0 else {}
        # An ARG ends with its stage; only ENV is handed on. Keeping both errs towards knowing a value.
        self._stages.append((stage, [msgspec.structs.replace(one, stage=number)], inherited))

    def _find(self, base: str) -> int:
        """The earlier stage of that name, -1 if it is an image."""
        wanted = base.lower()
        return next((s.number for s, _, _ in reversed(self._stages) if s.name and s.name == wanted), -1)


def _cut(script: Script, offset: int) -> Script:
    """The script without its first characters."""
    first = script.line_at(offset)
    later = tuple((at - offset, line) for at, line in script.marks if at > offset)
    return Script(script.text[offset:], ((0, first), *later))


def _flags(script: Script) -> tuple[tuple[tuple[str, str], ...], Script]:
    """The options in front, and what follows them."""
    found: list[tuple[str, str]] = []
    text, at = script.text, 0
    while True:
        begin = at
        while begin < len(text) and text[begin] in " \t":
            begin += 1
        if not text.startswith("--", begin):
            return tuple(found), _cut(script, begin)
        end = begin
        while end < len(text) and text[end] not in " \t":
            end += 1
        name, _, value = text[begin + 2 : end].partition("=")
        if not name:  # a lone '--' ends them
            return tuple(found), _cut(script, end)
        found.append((name, value))
        at = end


def _listed(text: str) -> tuple[str, ...] | None:
    """The words of the JSON form, None if it is not that."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found: list[str] = msgspec.json.decode(text.strip().encode("utf-8", "surrogateescape"), type=list[str])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return tuple(found)
