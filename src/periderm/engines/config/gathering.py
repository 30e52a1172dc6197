"""Makes the facts of one build file from what its reader made of it: the scripts are found and cut up. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Run
from periderm.engines.config.shell import pipelines
from periderm.model.build_file import ContainerFile, FileKind, Instruction, Listing, Mapping, Node, Scalar, Script, Stage, texts
from periderm.model.errors import LimitError

MOST_SCRIPTS = 2_000
_OTHER_SHELLS = ("powershell", "pwsh", "cmd", "python", "perl", "node", "ruby")
_GLOBAL = frozenset(
    [
        "default",
        "include",
        "stages",
        "variables",
        "workflow",
        "image",
        "services",
        "cache",
        "before_script",
        "after_script",
        "pages:deploy",
        "spec",
    ]
)
_SCRIPTS = ("before_script", "script", "after_script")


def container_facts(path: str, text: str, container: ContainerFile) -> Facts:
    """Facts of a container file. Raises LimitError for too many scripts."""
    runs: list[Run] = []
    for stage in container.stages:
        runs.extend(_runs(stage, container.escape))
    _bound(len(runs), "scripts")
    return Facts(path=path, kind=FileKind.CONTAINER, lines=_lines(text), container=container, runs=tuple(runs))


def tree_facts(path: str, kind: FileKind, text: str, tree: Mapping) -> Facts:
    """Facts of a YAML file. Raises LimitError for too many steps or scripts."""
    found = {FileKind.WORKFLOW: _workflow, FileKind.ACTION: _action, FileKind.GITLAB: _gitlab}.get(kind)
    _bound(sum(1 for _, job in jobs_of(tree) for _ in steps_of(job.get("steps"))), "steps")
    runs = tuple(found(tree)) if found is not None else ()
    _bound(len(runs), "scripts")
    return Facts(path=path, kind=kind, lines=_lines(text), tree=tree, runs=runs)


def _bound(count: int, what: str) -> None:
    if count > MOST_SCRIPTS:
        raise LimitError(f"it has more than {MOST_SCRIPTS} {what}.")


def _lines(text: str) -> tuple[str, ...]:
    return ("", *text.split("\n"))


def _runs(stage: Stage, escape: str) -> Iterator[Run]:
    foreign = escape == "`"
    for one in stage.instructions:
        if one.name == "SHELL":
            foreign = any(word in " ".join(one.words).lower() for word in _OTHER_SHELLS)
        elif one.name == "RUN" and not foreign:
            script = _script(one)
            if script is not None:
                yield Run(line=one.line, pipelines=pipelines(script), instruction=one)


def _script(one: Instruction) -> Script | None:
    if one.exec:
        return Script(" ".join("'" + word.replace("'", "'\\''") + "'" for word in one.words), ((0, one.line),))
    text = one.script.text.strip()
    if one.heredocs and text.lstrip("0123456789").startswith("<<") and len(text.split()) == 1:
        document = one.heredocs[0]
        first = document.body.split("\n", 1)[0]
        if first.startswith("#!") and any(shell in first for shell in _OTHER_SHELLS):
            return None
        return Scalar(document.body, document.line - 1, block=True).script()
    return one.script


def steps_of(node: Node | None) -> Iterator[Mapping]:
    """The steps of a job."""
    if isinstance(node, Listing):
        yield from (step for step in node.items if isinstance(step, Mapping))


def jobs_of(tree: Mapping) -> Iterator[tuple[Scalar, Mapping]]:
    """The jobs of a workflow with their names."""
    for key, job in tree.mapping("jobs").items():
        if isinstance(job, Mapping):
            yield key, job


def _steps(node: Node | None, owner: str, shell: str) -> Iterator[Run]:
    for step in steps_of(node):
        script = step.get("run")
        used = step.text("shell") or shell
        if isinstance(script, Scalar) and not any(word in used for word in _OTHER_SHELLS):
            yield Run(line=step.line, pipelines=pipelines(script.script()), owner=owner)


def _workflow(tree: Mapping) -> Iterator[Run]:
    usual = tree.text("defaults", "run", "shell")
    for key, job in jobs_of(tree):
        yield from _steps(job.get("steps"), key.text, job.text("defaults", "run", "shell") or usual)


def _action(tree: Mapping) -> Iterator[Run]:
    yield from _steps(tree.get("runs", "steps"), "", "")


def gitlab_jobs(tree: Mapping) -> Iterator[tuple[Scalar, Mapping]]:
    """Jobs of a GitLab pipeline, templates (names with a dot in front) and `default` too."""
    for key, job in tree.items():
        if isinstance(job, Mapping) and (key.text == "default" or key.text not in _GLOBAL):
            yield key, job


def _gitlab(tree: Mapping) -> Iterator[Run]:
    for part in ("before_script", "after_script"):
        yield from _listed(tree.get(part), part)
    for key, job in gitlab_jobs(tree):
        for part in _SCRIPTS:
            yield from _listed(job.get(part), key.text)


def _listed(node: Node | None, owner: str) -> Iterator[Run]:
    for line in _flat(node):
        yield Run(line=line.line, pipelines=pipelines(line.script()), owner=owner)


def _flat(node: Node | None) -> Iterator[Scalar]:
    """Script lines; GitLab takes lists in lists (anchors) up to ten deep."""
    todo: list[Node] = [] if node is None else [node]
    while todo:
        one = todo.pop()
        if isinstance(one, Listing):
            todo.extend(reversed(one.items))
        else:
            yield from texts(one)
