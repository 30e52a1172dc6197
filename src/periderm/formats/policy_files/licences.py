"""A licence policy as a file: which licences are allowed, to be reviewed, forbidden. Judges nothing.

licences:
  allowed: [permissive, weak-copyleft]
  review: [strong-copyleft, LicenseRef-*]
  forbidden: [network-copyleft, proprietary, BSD-4-Clause]
  default: review        # what none of them names
  unknown: review        # a package whose licence nobody tells
"""

from __future__ import annotations

from periderm.algorithms.licences.ids import KINDS, Kind
from periderm.algorithms.licences.policy import LicencePolicy, Standing, unknown_names
from periderm.algorithms.rules.places import nearest, shown
from periderm.formats.policy_files.nodes import Node, parse

FILE = ".periderm/licences.yaml"
_LISTS = ("allowed", "review", "forbidden")


def read_licence_policy(data: bytes, where: str = FILE) -> LicencePolicy:
    """The policy. Raises RuleError with line and column for an unknown name (of a field, a licence, a kind), with the
    nearest that is known, and for a name that stands in two lists; FormatError for what is no YAML."""
    fields = parse(data, where).fields("the file", ("licences",), ("licences",))
    given = fields["licences"].fields("a licence policy", (*_LISTS, "default", "unknown"))
    lists: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    for name in _LISTS:
        lists[name] = given[name].texts("licences") if name in given else ()
        for each in _nodes(given.get(name)):
            _check(each, name, seen)
    standings = {name: _standing(given[name]) for name in ("default", "unknown") if name in given}
    return LicencePolicy(
        allowed=lists["allowed"],
        review=lists["review"],
        forbidden=lists["forbidden"],
        default=standings.get("default", Standing.REVIEW),
        unknown=standings.get("unknown", Standing.REVIEW),
    )


def _nodes(node: Node | None) -> list[Node]:
    return [] if node is None else [node] if node.items is None else node.items


def _check(node: Node, name: str, seen: dict[str, str]) -> None:
    text = node.as_text("a licence", 1_000)
    if any(unknown_names(LicencePolicy(allowed=(text,)))):
        step = nearest(text, {*KINDS, *(k.value for k in Kind)})
        raise node.error(f"'{shown(text)}' is no licence of SPDX that is known here, and no kind.", step or _OWN)
    before = seen.setdefault(text.lower(), name)
    if before != name:
        raise node.error(f"'{shown(text)}' is in '{before}' and in '{name}'.", "Leave it in one of them.")


_OWN = "Kinds are: " + ", ".join(k.value for k in Kind) + "; write 'LicenseRef-…' or a pattern for what SPDX does not list."


def _standing(node: Node) -> Standing:
    text = node.as_text("allowed, review or forbidden")
    if text not in tuple(Standing):
        raise node.error(f"'{shown(text)}' is none of {', '.join(Standing)}.", nearest(text, tuple(Standing)))
    return Standing(text)
