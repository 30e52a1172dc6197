"""A baseline before the first start: what an image and the way it is run promise, each entry with where it comes from and how
sure it is. Learns nothing, and judges nothing.

Only programs that the start reaches are normal: from the container's command, or else the image's own, along who starts whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from periderm.algorithms.argument_shapes import argument_shape
from periderm.engines.baseline.birth_behaviours import behaviours
from periderm.engines.baseline.birth_declared import declared
from periderm.engines.baseline.birth_services import by_itself, started
from periderm.engines.baseline.known_services import LOOKS_UP, SAME, known
from periderm.engines.baseline.start_always import ALWAYS
from periderm.model.asset import Container
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.deployed import Deployed
from periderm.model.identity import image_id
from periderm.model.image import ImageInventory
from periderm.model.start_facts import FactKind, StartFact, StartFacts

MOST_ENTRIES = 4_000
_RUNTIME = "runtime"
_PATH = ("usr/local/sbin/", "usr/local/bin/", "usr/sbin/", "usr/bin/", "sbin/", "bin/")
_FROM_IMAGE = frozenset((Source.ENTRYPOINT, Source.COMMAND))
_SHARED = re.compile(
    r"/(?:[^/]+)?|/(?:usr|etc|var|home|root|tmp|run|opt|srv)(?:/(?:local|lib|share|bin|sbin|log|cache|tmp|www))?"
)
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|a|z|k)?sh")


def born(
    inventory: ImageInventory,
    container: Container | None = None,
    *,
    deployed: Deployed | None = None,
    without: frozenset[Source] = frozenset(),
) -> Baseline:
    """All that is known of a workload before it runs; a container says how the image is run, a manifest how it is to be run.
    `without` leaves sources out."""
    return _Birth(inventory, container, deployed, without).baseline()


class _Birth:
    """The state of one birth."""

    def __init__(
        self, inventory: ImageInventory, container: Container | None, deployed: Deployed | None, without: frozenset[Source]
    ) -> None:
        self.inventory = inventory
        self.container = container
        self.deployed = deployed
        self.without = without
        self.facts = inventory.start_facts or StartFacts()
        self.found: dict[Behaviour, Evidence] = {}
        self.of: dict[str, list[StartFact]] = {}
        self.below: dict[str, list[str]] = {}
        for fact in self.facts.facts:
            self.of.setdefault(fact.program, []).append(fact)
            if fact.kind is FactKind.PARENT:
                self.below.setdefault(fact.value, []).append(fact.program)
        self.files = {f"/{file.path}" for file in inventory.executables}

    def baseline(self) -> Baseline:
        roots = self._roots()
        reached = self._reached(roots)
        for program in reached:
            for fact in self.of.get(program, ()):
                self._fact(fact, reached)
            self._owned(program)
            for behaviour, because in by_itself(program, self.of.get(program, ()), self.facts.users):
                self._add(behaviour, Source.CONFIGURATION, because, 75)
            self._app(program)
        self._chains(reached)
        main = self._main(roots, reached)
        for entry in declared(
            self.inventory, self.container, self.deployed, {program: self.of.get(program, ()) for program in main}
        ):
            self._add(*entry)
        for behaviour in ALWAYS:
            self._add(behaviour, Source.RUNTIME, "what every start does", 95)
        entries = (Entry(behaviour, self.found[behaviour]) for behaviour in sorted(self.found))
        workload = self.container.workload_id if self.container is not None else ""
        return Baseline(
            workload_id=workload or (self.container.id if self.container is not None else image_id(self.inventory.digest)),
            entries=tuple(entries)[:MOST_ENTRIES],
            images={self.inventory.digest: 0},
        )

    def _add(self, behaviour: Behaviour, source: Source, because: str, certainty: int) -> None:
        """One entry; the surest reason is told, and all sources."""
        if source in self.without:
            return
        there = self.found.get(behaviour)
        if there is None:
            self.found[behaviour] = Evidence(sources=(source,), certainty=certainty, because=because)
        else:
            better = certainty > there.certainty
            self.found[behaviour] = Evidence(
                sources=tuple(sorted({*there.sources, source})),
                certainty=max(certainty, there.certainty),
                because=because if better else there.because,
            )

    # --- who runs

    def _roots(self) -> list[str]:
        """The programs that the runtime starts: the container's command, or the image's; and the health check's."""
        command = self.container.command if self.container is not None else ()
        entrypoint, own = self.inventory.config.entrypoint, (*self.inventory.config.entrypoint, *self.inventory.config.command)
        why = (Source.COMMAND, "the container's command")
        told = self.deployed
        if told is not None and (told.command or told.arguments):
            command, why = (*(told.command or entrypoint), *told.arguments), (Source.MANIFEST, told.workload)
        roots: list[str] = []
        if command and tuple(command) != own:
            roots = self._commanded(command, why)
        if not roots:
            roots = [f.program for f in self.facts.facts if f.kind is FactKind.PARENT and f.source in _FROM_IMAGE]
        checks = [f.program for f in self.facts.facts if f.kind is FactKind.PARENT and f.source == Source.HEALTHCHECK]
        if told is not None:
            why = (Source.MANIFEST, f"a probe or hook of {told.workload}")
            for argv in (*told.probes, *told.lifecycle):
                checks += self._commanded(argv, why)
        return list(dict.fromkeys((*roots, *checks)))

    def _commanded(self, command: Sequence[str], why: tuple[Source, str]) -> list[str]:
        """The programs of a command line that the container was given; by whom."""
        source, because = why
        words = tuple(command)
        found = self._called(words)
        for program in found:
            self._add(Behaviour(Aspect.PROGRAM, program), source, because, 95)
            self._add(Behaviour(Aspect.PARENT, program, _RUNTIME), source, because, 95)
            argv = (*program.split(" ")[:-1], *words) if " " in program and program.endswith(" " + words[0]) else words
            shape = argument_shape(argv)
            self._add(Behaviour(Aspect.ARGUMENTS, program, shape), source, because, 95)
        for inner in self._handed_on(words):
            for program in self._called(inner):
                for parent in (found[0] if found else _RUNTIME, _RUNTIME):
                    self._add(Behaviour(Aspect.PARENT, program, parent), source, because, 85)
                self._add(Behaviour(Aspect.PROGRAM, program), source, because, 85)
                found.append(program)
        return found

    def _handed_on(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Commands within a command line: those of `sh -c`, and what an image's entrypoint is given to become."""
        if _SHELL.fullmatch(words[0]) and len(words) > 2 and "c" in words[1]:
            parts = re.split(r"&&|\|\||[;|&\n]", words[2])[:40]
            several = (tuple(w.strip("\"'") for w in part.split() if w != "exec" and "=" not in w) for part in parts)
            return [inner for inner in several if inner]
        entrypoint = self.inventory.config.entrypoint
        given = words[len(entrypoint) :] if entrypoint and words[: len(entrypoint)] == entrypoint else ()
        return [given] if given else []

    def _called(self, words: tuple[str, ...]) -> list[str]:
        """What a command's first word names, with the script that it is given."""
        word = words[0]
        if "/" in word:
            scripts = [program for program in self.of if program.endswith(f" {word}")]
            if scripts:
                return scripts[:1]
            target = word if word in self.files else self._moved(word)
        else:
            target = self.facts.commands.get(word, "")
            target = target or next((f"/{folder}{word}" for folder in _PATH if f"/{folder}{word}" in self.files), "")
        if not target:
            return []
        if len(words) > 1 and words[1].startswith("/") and f"{target} {words[1]}" in self.of:
            return [f"{target} {words[1]}"]
        name = target.rpartition("/")[2]
        interprets = re.fullmatch(r"(?:python|perl|ruby|node|nodejs|php|lua|bash|dash|sh)[\d.]*", name) is not None
        return [f"{target} {words[1]}" if interprets and len(words) > 1 and words[1].startswith("/") else target]

    def _moved(self, path: str) -> str:
        """Where a path leads that is no program itself: /bin is /usr/bin in a merged file system, and sh a link."""
        if f"/usr{path}" in self.files:
            return f"/usr{path}"
        folder, _, name = path.rpartition("/")
        return self.facts.commands.get(name, path) if f"{folder[1:]}/" in _PATH else path

    def _reached(self, roots: Iterable[str]) -> list[str]:
        """These and all that they start, directly or not."""
        seen: dict[str, None] = {}
        waiting = list(roots)
        while waiting:
            program = waiting.pop()
            if program in seen:
                continue
            seen[program] = None
            waiting.extend(self.below.get(program, ()))
            row = known(program)
            if row is not None:
                for path, parent, certainty in started(program, row, self.files, self.facts.commands):
                    for behaviour in (Behaviour(Aspect.PROGRAM, path), Behaviour(Aspect.PARENT, path, parent)):
                        self._add(behaviour, Source.CONFIGURATION, f"{program} starts it", certainty)
                    waiting.append(path)
                    if SAME in row.starts:  # a wrapper becomes the program: who started the one started the other
                        self._inherit(path, program)
        return list(seen)

    def _inherit(self, program: str, wrapper: str) -> None:
        """A wrapper's parents are the program's."""
        for fact in self.of.get(wrapper, ()):
            if fact.kind is FactKind.PARENT:
                self._add(Behaviour(Aspect.PARENT, program, fact.value), Source(fact.source), fact.because, fact.certainty)

    # --- what they do

    def _fact(self, fact: StartFact, reached: Sequence[str]) -> None:
        """The behaviours of one fact."""
        source, program, value = Source(fact.source), fact.program, fact.value
        if fact.kind is FactKind.USER and self._other_user() and value in self._numbers(self.inventory.config.user):
            return  # whoever runs the image says as whom; `_chains` tells it
        if fact.kind is FactKind.PARENT and value not in reached and value != _RUNTIME:
            return
        for behaviour in behaviours(fact.kind, program, value):
            self._add(behaviour, source, fact.because, fact.certainty)

    def _owned(self, program: str) -> None:
        """Files that the packages of a program keep for it."""
        for folder in self.facts.owned.get(program, ()):
            for behaviour in (*behaviours(FactKind.READ, program, folder), *behaviours(FactKind.EXECUTE, program, folder)):
                self._add(behaviour, Source.PACKAGES, "its package's own files", 85)
        if program.partition(" ")[0].rpartition("/")[2] in LOOKS_UP:
            for path in ("/etc/passwd", "/etc/group"):
                self._add(Behaviour(Aspect.READ, program, path), Source.RUNTIME, "it looks up users", 85)

    def _app(self, program: str) -> None:
        """A script of the image's maker reads what lies beside it."""
        script = program.partition(" ")[2]
        folder = script.rpartition("/")[0]
        if script and folder and _SHARED.fullmatch(folder) is None:
            for aspect in (Aspect.READ, Aspect.EXECUTE):
                self._add(Behaviour(aspect, program, f"{folder}/**"), Source.ENTRYPOINT, f"beside {script}", 70)
            self._add(Behaviour(Aspect.READ, program, folder), Source.ENTRYPOINT, f"beside {script}", 70)
            if "python" in program.partition(" ")[0]:
                for behaviour in behaviours(FactKind.WRITE, program, f"{folder}/__pycache__/*"):
                    self._add(behaviour, Source.ENTRYPOINT, f"compiled from {script}", 70)

    def _chains(self, reached: Sequence[str]) -> None:
        """'GRANDPARENT > PARENT' of every program, and the users that they run as."""
        parents: dict[str, dict[str, Evidence]] = {}
        for behaviour, evidence in list(self.found.items()):
            if behaviour.aspect is Aspect.PARENT:
                parents.setdefault(behaviour.program, {})[behaviour.value] = evidence
        for program in reached:
            for parent, evidence in parents.get(program, {}).items():
                if parent == _RUNTIME:
                    continue
                for above in parents.get(parent, {_RUNTIME: evidence}):
                    chain = Behaviour(Aspect.CHAIN, program, f"{above} > {parent}")
                    self._add(chain, evidence.sources[0], evidence.because, max(0, evidence.certainty - 5))
        users = self._users()
        for program in reached:
            if self._other_user() or not any(fact.kind is FactKind.USER for fact in self.of.get(program, ())):
                taken = {
                    fact.value.partition(" ")[2]
                    for parent in parents.get(program, {})
                    for fact in self.of.get(parent, ())
                    if fact.kind is FactKind.BECOME and fact.value.startswith("user ")
                }
                for user in (*users, *sorted(taken)):
                    self._add(Behaviour(Aspect.USER, program, user), Source.USER, "the user that it is started as", 80)

    def _other_user(self) -> bool:
        """Whether the container or the manifest names a user, and another than the image does."""
        told = self._user()
        return bool(told) and told != self.inventory.config.user

    def _user(self) -> str:
        if self.deployed is not None and self.deployed.user:
            return self.deployed.user
        return self.container.user if self.container is not None else ""

    def _users(self) -> tuple[str, ...]:
        """The numbers of the users that the container may start its programs as."""
        told = self._user() or self.inventory.config.user
        return self._numbers(told)

    def _numbers(self, told: str) -> tuple[str, ...]:
        """The number of a user, by the image's accounts; root where none is named, nothing for one that is not there."""
        name = told.partition(":")[0]
        if not name:
            return ("0",)
        number = name if name.isdigit() else self.facts.users.get(name)
        return () if number is None else (str(number),)

    # --- what is declared

    def _main(self, roots: Sequence[str], reached: Sequence[str]) -> list[str]:
        """The programs that may be the service itself: those that settings speak of, or else those that stay when the start is
        over, which are children of the runtime that start nothing."""
        set_up = [p for p in reached if any(f.kind is FactKind.LISTEN for f in self.of.get(p, ())) or known(p) is not None]
        if set_up:
            return set_up
        last = [p for p in reached if not self.below.get(p) and Behaviour(Aspect.PARENT, p, _RUNTIME) in self.found]
        return last or list(roots)[:1]
