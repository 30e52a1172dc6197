"""`ports.advisories.AdvisorySource` over advisories that are already in memory: the starter set, and small sets in tests."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.model.advisory import Advisory, AdvisoryHit, AdvisoryInfo, Exploitation, PackageName

STARTER = os.path.join(os.path.dirname(__file__), "starter_files", "advisories.json")


def starter_bytes() -> bytes:
    """The file of the starter set."""
    with open(STARTER, "rb") as file:
        return file.read()


class MemoryAdvisories:
    """Answers from the values that it is given."""

    def __init__(self, info: AdvisoryInfo, advisories: Iterable[Advisory], exploitations: Iterable[Exploitation] = ()) -> None:
        self._info = info
        self._hits: dict[PackageName, list[AdvisoryHit]] = {}
        self._own: dict[str, Advisory] = {}
        self._named: dict[str, Advisory] = {}
        self._exploitations = {e.cve: e for e in exploitations}
        for advisory in advisories:
            if advisory.withdrawn:
                continue
            ids = tuple(dict.fromkeys((advisory.id, *advisory.aliases, *advisory.upstream)))
            for affected in advisory.affected:
                self._hits.setdefault(affected.package, []).append(AdvisoryHit(ids, advisory.source, affected))
            whole = msgspec.structs.replace(advisory, affected=())
            self._own[advisory.id] = whole
            for name in ids[1:]:
                self._named[name] = max((self._named.get(name, whole), whole), key=_telling)

    def info(self) -> AdvisoryInfo:
        """What is in it."""
        return self._info

    def affecting(self, names: Iterable[PackageName]) -> Mapping[PackageName, Sequence[AdvisoryHit]]:
        """Every row of each package; names without any are left out."""
        return {name: tuple(self._hits[name]) for name in names if name in self._hits}

    def advisories(self, ids: Iterable[str]) -> Mapping[str, Advisory]:
        """Whole advisories by their own ids or an alias; unknown ones are left out."""
        found = {name: self._own.get(name) or self._named.get(name) for name in ids}
        return {name: advisory for name, advisory in found.items() if advisory is not None}

    def exploitations(self, cves: Iterable[str]) -> Mapping[str, Exploitation]:
        """EPSS and KEV of CVE ids."""
        return {cve: self._exploitations[cve] for cve in cves if cve in self._exploitations}

    def close(self) -> None:
        """Nothing is open."""


def _telling(advisory: Advisory) -> tuple[int, int, int, str]:
    """How much an advisory tells of a vulnerability."""
    return len(advisory.scores), int(advisory.severity), len(advisory.summary) > 0, advisory.id
