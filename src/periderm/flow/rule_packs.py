"""Which packs of runtime rules are in force: read again when a file changes, each alone, the last good one of each kept.

A pack that cannot be read, is not signed as it must be, or whose own tests fail changes nothing: what was in force before
stays, also over a restart, and the reason is told. Opens no files itself; packs that come from a server are one more plug of
the same port.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import msgspec

from periderm.algorithms import signing
from periderm.algorithms.rules.pack import Pack, PackKind
from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.rules.lint import errors
from periderm.engines.runtime.rules.pack import Counts, checked, detectors
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.errors import FormatError, PeridermError, RuleError, SignatureError
from periderm.ports.rule_files import RuleFile, RuleFiles

PAYLOAD_TYPE = "application/vnd.periderm.rules+yaml"
SIGNED = ".dsse"


class PackState(msgspec.Struct, frozen=True, kw_only=True):
    """One pack: what is in force of it, and what is wrong with the file that lies there now ('' if nothing). `digest` is the
    SHA-256 of the pack that is in force, '' if none is; `old` says that it is not the file's."""

    file: str
    name: str = ""
    version: str = ""
    digest: str = ""
    rules: int = 0
    enabled: int = 0
    signed: bool = False
    old: bool = False
    problem: str = ""
    next_step: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LoadedRules:
    """All that is in force: detectors, packs, and what is counted while they run."""

    detectors: tuple[Detector, ...]
    states: tuple[PackState, ...]
    packs: tuple[Pack, ...]
    counts: Counts


@dataclasses.dataclass(frozen=True, slots=True)
class _Good:
    data: bytes
    pack: Pack
    digest: str
    signed: bool


class RulePacks:
    """`require`: only signed packs are used. `keep`: what is in force is remembered for the next start. One thread asks."""

    def __init__(self, files: RuleFiles, *, require: bool = False, keep: bool = True) -> None:
        self._files = files
        self._require = require
        self._keep = keep
        self._stamp: object = None
        self._good: dict[str, _Good] = {}
        self._first = True
        self.counts = Counts()

    def look(self) -> LoadedRules | None:
        """What is in force now; None if nothing changed since the last look."""
        stamp = self._files.stamp()
        if stamp == self._stamp and not self._first:
            return None
        self._stamp = stamp
        kept = self._files.kept() if self._first else {}
        try:
            keys: Sequence[bytes] = self._files.keys()
            no_keys = ""
        except PeridermError as error:
            keys, no_keys = (), str(error)
        files = self._files.files()
        if self._first:
            self._remember(kept, {file.name for file in files}, keys)
        self._first = False
        return self._judge(files, keys, no_keys)

    def _remember(self, kept: object, names: set[str], keys: Sequence[bytes]) -> None:
        """What was in force before a restart is what a bad file is compared with."""
        for name, data in kept.items() if isinstance(kept, dict) else ():
            if name in names:
                try:
                    self._good[name] = self._read(RuleFile(name, data), keys)
                except PeridermError:
                    continue

    def _judge(self, files: Sequence[RuleFile], keys: Sequence[bytes], no_keys: str) -> LoadedRules:
        signed = {file.name.removesuffix(SIGNED): file for file in files if file.name.endswith(SIGNED)}
        good: dict[str, _Good] = {}
        states: list[PackState] = []
        ids: dict[str, str] = {}
        for file in files:
            if file.name in signed:
                continue  # the envelope beside it is what counts
            problem: PeridermError | None = None
            before = self._good.get(file.name)
            now: _Good | None = None
            try:
                now = self._read(file, keys)
                _apart(now.pack, ids, file.name)
                if file.name.endswith(SIGNED):
                    _same(now, next((f for f in files if f.name == file.name.removesuffix(SIGNED)), None))
            except PeridermError as error:
                problem, now = error, before
                if now is not None:
                    try:
                        _apart(now.pack, ids, file.name)
                    except RuleError:
                        now = None
            if now is not None:
                good[file.name] = now
                ids.update({rule.id: file.name for rule in now.pack.rules})
            states.append(_state(file, now, problem, no_keys if isinstance(problem, SignatureError) else ""))
        if self._keep and {name: g.data for name, g in good.items()} != {name: g.data for name, g in self._good.items()}:
            self._files.keep({name: g.data for name, g in good.items()})
        self._good = good
        packs = tuple(g.pack for g in good.values())
        made = tuple(detector for pack in packs for detector in detectors(pack, self.counts))
        return LoadedRules(made, tuple(states), packs, self.counts)

    def _read(self, file: RuleFile, keys: Sequence[bytes]) -> _Good:
        if file.problem:
            raise FormatError(file.problem, where=file.name)
        data, is_signed = file.data, file.name.endswith(SIGNED)
        if is_signed:
            data = signing.verify(file.data, keys, PAYLOAD_TYPE)
        elif self._require:
            raise SignatureError(
                f"{file.name} is not signed, and only signed packs are used here.",
                "Sign it: periderm rules sign PACK --key KEY.",
            )
        pack = usable(data, file.name.removesuffix(SIGNED))
        return _Good(file.data, pack, hashlib.sha256(data).hexdigest(), is_signed)


def usable(data: bytes, where: str) -> Pack:
    """A pack that may be put into force: read, checked, every rule tested, every test as it must be. Raises RuleError with
    line and column, FormatError."""
    pack = checked(read_rule_pack(data, where, (PackKind.RUNTIME,)))
    bad = errors(pack)
    if bad:
        first = bad[0]
        more = f" ({len(bad)} such faults.)" if len(bad) > 1 else ""
        rule = f"rule '{first.rule}': " if first.rule else ""
        raise RuleError(
            f"{rule}{first.what}{more}",
            "See all with `periderm rules lint`.",
            where=where,
            line=first.line,
            column=first.column,
        )
    return pack


def _apart(pack: Pack, ids: dict[str, str], name: str) -> None:
    for rule in pack.rules:
        if ids.get(rule.id, name) != name:
            raise rule.written.place.error(0, f"There is a rule '{rule.id}' in {ids[rule.id]} already.", "Give it another id.")


def _same(good: _Good, plain: RuleFile | None) -> None:
    if plain is not None and not plain.problem and hashlib.sha256(plain.data).hexdigest() != good.digest:
        raise SignatureError(
            f"{plain.name} was changed after it was signed.", "Sign it again, or remove it: the signed one is used."
        )


def _state(file: RuleFile, good: _Good | None, problem: PeridermError | None, no_keys: str) -> PackState:
    written = good.pack.written if good is not None else None
    return PackState(
        file=file.name,
        name=written.name if written else "",
        version=written.version if written else "",
        digest=good.digest if good else "",
        rules=len(good.pack.rules) if good else 0,
        enabled=sum(rule.written.enabled for rule in good.pack.rules) if good else 0,
        signed=good.signed if good else False,
        old=good is not None and problem is not None,
        problem=" ".join(filter(None, (problem.what, no_keys))) if problem else "",
        next_step=problem.next_step if problem else "",
    )
