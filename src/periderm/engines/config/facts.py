"""What the detectors of build files look at and what they say: one file as values, hits, and the files of examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from periderm.engines.config.shell import Command, Pipeline
from periderm.model.build_file import ContainerFile, FileKind, Instruction
from periderm.model.build_file import Mapping as Tree
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One script of a file, cut up. `line` is the first of the statement that holds it; `instruction` is set in container
    files, `owner` names the job elsewhere."""

    line: int
    pipelines: tuple[Pipeline, ...]
    instruction: Instruction | None = None
    owner: str = ""

    def commands(self) -> Iterator[Command]:
        """All commands in order."""
        for pipeline in self.pipelines:
            yield from pipeline


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One build file. `lines` are the file's own, from 1 (`lines[0]` is empty); exactly one of `container` and `tree` is
    set. `tree` is the file's mapping."""

    path: str
    kind: FileKind
    lines: tuple[str, ...] = ()
    container: ContainerFile | None = None
    tree: Tree = Tree({}, 0)
    runs: tuple[Run, ...] = ()

    def commands(self) -> Iterator[tuple[Run, Command]]:
        """All commands of all scripts."""
        for run in self.runs:
            for command in run.commands():
                yield run, command

    def instructions(self, *names: str) -> Iterator[Instruction]:
        """The instructions of a container file with these names."""
        if self.container is not None:
            yield from (i for i in self.container.instructions() if i.name in names)

    def final(self, run: Run) -> bool:
        """Whether what a script leaves behind is part of the image: its stage is one of the last stage's line."""
        if self.container is None or run.instruction is None:
            return False
        return any(stage.number == run.instruction.stage for stage in self.container.lineage())


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a detector fires. `start` is the first line of the statement around it (0: the same). `values` fill
    the message, a `Text` each language with its own; `change` replaces the remediation, `hide` is masked in the evidence.
    The hit holds only where none of the files `unless` lies in the folder, and where one of `beside` does, if any are
    named: paths relative to the file's folder, judged by whoever knows the folder."""

    line: int
    start: int = 0
    values: Mapping[str, str | Text] = {}
    severity: Severity | None = None
    change: Text | None = None
    hide: str = ""
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class GivenFile(msgspec.Struct, frozen=True):
    """A file of an example."""

    path: str
    text: str


class Detector(msgspec.Struct, frozen=True):
    """Its identity, the kinds of files that it judges, and its judgement of one."""

    spec: DetectorSpec[GivenFile]
    kinds: frozenset[FileKind]
    judge: Callable[[Facts], Iterator[Hit]]


USUAL = {
    FileKind.CONTAINER: "Dockerfile",
    FileKind.COMPOSE: "compose.yaml",
    FileKind.WORKFLOW: ".github/workflows/ci.yml",
    FileKind.ACTION: "action.yml",
    FileKind.GITLAB: ".gitlab-ci.yml",
}
Words = tuple[str, str]  # English, Chinese
Shown = tuple[str, str] | tuple[str, str, FileKind]  # a file's text, why, its kind if it is not the detector's first


def check(
    id: str,
    severity: Severity,
    kinds: FileKind | tuple[FileKind, ...],
    judge: Callable[[Facts], Iterator[Hit]],
    *,
    title: Words,
    says: Words,
    change: Words,
    fires: tuple[Shown, ...],
    quiet: tuple[Shown, ...],
    techniques: tuple[str, ...] = (),
    weaknesses: tuple[str, ...] = (),
    references: tuple[str, ...] = (),
    maturity: Maturity = Maturity.STABLE,
) -> Detector:
    """A detector from its words. Examples are texts of files at the usual path of their kind."""
    some = kinds if isinstance(kinds, tuple) else (kinds,)

    def example(shown: Shown) -> Example[GivenFile]:
        return Example(GivenFile(USUAL[shown[2] if len(shown) > 2 else some[0]], shown[0]), shown[1])

    spec: DetectorSpec[GivenFile] = DetectorSpec(
        id=id,
        title=Text(*title),
        message=Text(*says),
        severity=severity,
        maturity=maturity,
        remediation=Text(*change),
        techniques=techniques,
        weaknesses=weaknesses,
        references=references,
        fires=tuple(example(shown) for shown in fires),
        quiet=tuple(example(shown) for shown in quiet),
    )
    return Detector(spec, frozenset(some), judge)
