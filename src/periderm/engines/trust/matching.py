"""Which rule of a policy holds for an image, and whether a name fits a pattern. Judges nothing.

A pattern is a glob ('*' also passes '/'). It is asked of the whole name with registry, of that with the tag or the digest
behind it, and, for the default registry, of the short names that people write too. The pattern with the most characters
before its first '*' is the most specific one; then the longest; then the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from periderm.model.registry import ImageReference
from periderm.model.trust import TrustPolicy, TrustRule

DEFAULT_REGISTRY, OFFICIAL = "docker.io", "library/"


def rule_for(policy: TrustPolicy, reference: ImageReference | None, name: str) -> TrustRule | None:
    """The rule that holds; None if none is for the image."""
    names = names_of(reference) if reference is not None else (name,)
    best: tuple[tuple[int, int], TrustRule] | None = None
    for rule in policy.rules:
        for pattern in rule.images:
            if fits(pattern, names):
                rank = (len(pattern.partition("*")[0]), len(pattern))
                if best is None or rank > best[0]:
                    best = (rank, rule)
    return best[1] if best is not None else None


def names_of(reference: ImageReference) -> tuple[str, ...]:
    """All names by which a pattern may know an image."""
    heads = [f"{reference.registry}/{reference.repository}"]
    if reference.registry == DEFAULT_REGISTRY:
        heads.append(reference.repository)
        if reference.repository.startswith(OFFICIAL):
            heads.append(reference.repository.removeprefix(OFFICIAL))
    found = []
    for head in heads:
        found.append(head)
        if reference.tag:
            found.append(f"{head}:{reference.tag}")
        if reference.digest:
            found.append(f"{head}@{reference.digest}")
    return tuple(found)


def fits(pattern: str, names: Iterable[str]) -> bool:
    """Whether the pattern is for one of the names."""
    return any(fnmatchcase(name, pattern) for name in names)
