"""Files that say how something is built or run, as values with line numbers: container files and YAML trees. Judges nothing."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import msgspec


class FileKind(enum.StrEnum):
    """What a build file is for."""

    CONTAINER = "container"  # Dockerfile, Containerfile
    COMPOSE = "compose"
    WORKFLOW = "workflow"  # of GitHub Actions and what speaks its language (Gitea, Forgejo)
    ACTION = "action"  # action.yml: an action that workflows use
    GITLAB = "gitlab"


class Script(msgspec.Struct, frozen=True, array_like=True):
    """A text that a shell runs, and where it stands: `marks` are (offset in the text, line of the file), ascending."""

    text: str
    marks: tuple[tuple[int, int], ...] = ((0, 0),)

    def line_at(self, offset: int) -> int:
        """The file's line (from 1) of a character of the text."""
        low, high = 0, len(self.marks)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.marks[middle][0] <= offset else (low, middle)
        return self.marks[low][1]


class Heredoc(msgspec.Struct, frozen=True, array_like=True):
    """A here-document of an instruction. `line` is its body's first; `expand` that the word was not quoted."""

    name: str
    body: str
    line: int
    expand: bool


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction. `name` is in capitals, `flags` are its options in order ('mount': 'type=cache,…'), `script` what
    follows them as written, `words` the same as words with variables put in (what is not known stays as written).
    `pairs` are the names and values of ARG, ENV and LABEL; an ARG without a default has None. `exec` tells the JSON form.
    `stage` counts from 0, -1 before the first FROM."""

    name: str
    line: int
    end: int
    script: Script
    flags: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str | None], ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    exec: bool = False
    onbuild: bool = False
    stage: int = -1

    def flag(self, name: str) -> str | None:
        """The value of an option, None if it is not given."""
        return next((value for flag, value in self.flags if flag == name), None)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What begins with a FROM. `base` has its variables put in; `parent` is the number of the stage that it is built on
    (-1: an image from outside); `known` that no variable of the base was left open."""

    number: int
    name: str
    base: str
    line: int
    parent: int = -1
    known: bool = True
    platform: str = ""
    instructions: tuple[Instruction, ...] = ()


class ContainerFile(msgspec.Struct, frozen=True, kw_only=True):
    """A whole Dockerfile. `before` are the instructions in front of the first FROM."""

    stages: tuple[Stage, ...]
    before: tuple[Instruction, ...] = ()
    escape: str = "\\"
    syntax: str = ""

    def instructions(self) -> Iterator[Instruction]:
        """All of them in order."""
        yield from self.before
        for stage in self.stages:
            yield from stage.instructions

    def lineage(self) -> tuple[Stage, ...]:
        """The stages that the last one is made of, the last first."""
        found = [self.stages[-1]] if self.stages else []
        while found and found[-1].parent >= 0:
            found.append(self.stages[found[-1].parent])
        return tuple(found)


class Scalar(msgspec.Struct, frozen=True):
    """A text of a YAML file, never typed (`yes` stays a text). `line` counts from 1; `block` tells a literal block, whose
    lines are the file's lines; `plain` that it stood without quotes."""

    text: str
    line: int
    plain: bool = True
    block: bool = False

    def script(self) -> Script:
        """The text as a script with its lines."""
        if not self.block:
            return Script(self.text, ((0, self.line),))
        marks, offset = [], 0
        for number, line in enumerate(self.text.split("\n")):
            marks.append((offset, self.line + 1 + number))
            offset += len(line) + 1
        return Script(self.text, tuple(marks))


class Listing(msgspec.Struct, frozen=True):
    """A YAML sequence."""

    items: tuple[Node, ...]
    line: int


class Mapping(msgspec.Struct, frozen=True):
    """A YAML mapping; merges are done, and of two same keys the last holds."""

    pairs: dict[str, tuple[Scalar, Node]]
    line: int

    def get(self, *path: str) -> Node | None:
        """The value below a path of keys, None if there is none."""
        found: Node | None = self
        for key in path:
            if not isinstance(found, Mapping) or key not in found.pairs:
                return None
            found = found.pairs[key][1]
        return found

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its line."""
        pair = self.pairs.get(name)
        return pair[0] if pair else None

    def text(self, *path: str) -> str:
        """The text below a path; '' if there is none or it is no text."""
        found = self.get(*path)
        return found.text if isinstance(found, Scalar) else ""

    def mapping(self, *path: str) -> Mapping:
        """The mapping below a path, an empty one if there is none."""
        found = self.get(*path)
        return found if isinstance(found, Mapping) else Mapping({}, 0)

    def items(self) -> Iterator[tuple[Scalar, Node]]:
        """Keys with their values, in the file's order."""
        yield from self.pairs.values()


Node = Scalar | Listing | Mapping


def texts(node: Node | None) -> tuple[Scalar, ...]:
    """A list of texts, or the one text that stands for it."""
    if isinstance(node, Scalar):
        return (node,) if node.text else ()
    if isinstance(node, Listing):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()


def every_scalar(node: Node | None) -> Iterator[Scalar]:
    """All texts below a node, without keys."""
    todo: list[Node] = [] if node is None else [node]
    while todo:
        one = todo.pop()
        if isinstance(one, Scalar):
            yield one
        elif isinstance(one, Listing):
            todo.extend(reversed(one.items))
        else:
            todo.extend(value for _, value in reversed(list(one.items())))
