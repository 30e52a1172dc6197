"""CSAF 2.0 documents of the profile VEX, as statements about other people's products. Vendors' whole feeds about their own
distributions are another format's affair.

Source: docs.oasis-open.org/csaf/csaf/v2.0/os: the product tree (branches of any depth, `full_product_names`, groups,
relationships that make a product of a component and what it lies in), `product_status`, `flags` (justifications),
`threats` of category `impact` (impact statements), `remediations` (actions).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import msgspec

from periderm.formats.csaf.tree import DEEPEST, FullName, Tree, leaves
from periderm.model.errors import FormatError, LimitError
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.vulnerability import VexStatement, VexStatus

MOST_PRODUCTS = 200_000
MOST_STATEMENTS = 500_000
# 3.2.3.9, product status: what a VEX document may say, and what belongs to the same group (5.2).
_STATUSES = {
    "known_not_affected": VexStatus.NOT_AFFECTED,
    "fixed": VexStatus.FIXED,
    "first_fixed": VexStatus.FIXED,
    "known_affected": VexStatus.AFFECTED,
    "first_affected": VexStatus.AFFECTED,
    "last_affected": VexStatus.AFFECTED,
    "under_investigation": VexStatus.UNDER_INVESTIGATION,
}
# 3.2.3.5, flags: CSAF says the same five justifications in the same words.
_FLAGS = frozenset(
    {
        "component_not_present",
        "inline_mitigations_already_exist",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_not_present",
    }
)


class _About(msgspec.Struct, frozen=True):
    """A flag, threat or remediation: which products, and what."""

    label: str = ""
    category: str = ""
    details: str = ""
    product_ids: list[str] = []
    group_ids: list[str] = []


class _Id(msgspec.Struct, frozen=True):
    text: str = ""


class _Vulnerability(msgspec.Struct, frozen=True):
    cve: str = ""
    ids: list[_Id] = []
    product_status: dict[str, list[str]] = {}
    flags: list[_About] = []
    threats: list[_About] = []
    remediations: list[_About] = []
    release_date: str = ""


class _Publisher(msgspec.Struct, frozen=True):
    name: str = ""


class _Tracking(msgspec.Struct, frozen=True):
    id: str = ""
    current_release_date: str = ""
    status: str = ""


class _Document(msgspec.Struct, frozen=True):
    category: str = ""
    csaf_version: str = ""
    publisher: _Publisher = _Publisher()
    tracking: _Tracking = _Tracking()


class _Csaf(msgspec.Struct, frozen=True):
    document: _Document
    product_tree: Tree = Tree()
    vulnerabilities: list[_Vulnerability] = []


_csaf = msgspec.json.Decoder(_Csaf)


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    """A product by its names, and the component in it that a relationship names ('' if it is whole)."""

    names: tuple[str, ...]
    component: tuple[str, ...] = ()


def is_csaf(data: bytes) -> bool:
    """Whether it says of itself that it is such a document."""
    return b'"csaf_version"' in data


def parse(data: bytes, *, where: str = "") -> Iterator[VexStatement]:
    """One statement for each vulnerability and product. Products without any name that can be matched (package URL,
    digest) are told of by what the document calls them. Raises FormatError."""
    try:
        csaf = _csaf.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no CSAF document: {error}", where=where) from error
    if csaf.document.category != "csaf_vex":
        raise FormatError(
            f"its profile is {csaf.document.category[:80]!r} and not 'csaf_vex'.",
            "Only documents of the VEX profile say whether products are affected in a way that can be honoured.",
            where=where,
        )
    products = _products(csaf.product_tree, where)
    groups = {group.group_id: group.product_ids or [] for group in csaf.product_tree.product_groups or ()}
    given = 0
    for number, vulnerability in enumerate(csaf.vulnerabilities):
        place = f"{where}: vulnerability {number + 1}"
        for statement in _statements(vulnerability, csaf.document, products, groups, place):
            given += 1
            if given > MOST_STATEMENTS:
                raise LimitError(f"it makes more than {MOST_STATEMENTS} statements.", where=where)
            yield statement


def _products(tree: Tree, where: str) -> dict[str, _Known]:
    """All products by id."""
    known: dict[str, _Known] = {}
    for product in (*leaves(tree.branches or (), MOST_PRODUCTS, where), *(tree.full_product_names or ())):
        known[product.product_id] = _Known(_names(product))
        if len(known) > MOST_PRODUCTS:
            raise LimitError(f"it has more than {MOST_PRODUCTS} products.", where=where)
    # A relationship may build on another one: as many passes as there are levels, at most.
    waiting = list((tree.relationships or [])[:MOST_PRODUCTS])
    for _ in range(DEEPEST):
        later = []
        for relation in waiting:
            component = known.get(relation.product_reference)
            parent = known.get(relation.relates_to_product_reference)
            if component is None or parent is None or relation.full_product_name is None:
                later.append(relation)
                continue
            own = _names(relation.full_product_name) if relation.full_product_name.product_identification_helper else ()
            known[relation.full_product_name.product_id] = _Known(
                own or parent.names, () if own else component.component or component.names
            )
        if len(later) in (0, len(waiting)):
            break
        waiting = later
    return known


def _names(product: FullName) -> tuple[str, ...]:
    helper = product.helper
    names = [helper.purl]
    names += [
        f"{h.algorithm.lower()}:{h.value.lower()}" for each in helper.hashes or () for h in each.file_hashes or () if h.value
    ]
    return tuple(dict.fromkeys(n for n in names if n)) or ((product.name,) if product.name else ())


def _statements(
    vulnerability: _Vulnerability,
    document: _Document,
    products: Mapping[str, _Known],
    groups: Mapping[str, list[str]],
    place: str,
) -> Iterator[VexStatement]:
    name = vulnerability.cve or next((i.text for i in vulnerability.ids if i.text), "")
    if not name:
        raise FormatError("has neither a CVE nor another id.", where=place)
    flags = _by_product(vulnerability.flags, groups, lambda a: a.label if a.label in _FLAGS else "")
    impacts = _by_product(vulnerability.threats, groups, lambda a: a.details.strip() if a.category == "impact" else "")
    actions = _by_product(vulnerability.remediations, groups, lambda a: a.details.strip())
    for word, product_ids in vulnerability.product_status.items():
        status = _STATUSES.get(word)
        for product_id in dict.fromkeys(product_ids) if status is not None else ():
            product = products.get(product_id)
            if product is None or not product.names or status is None:
                continue
            justification = flags.get(product_id, flags.get("", ""))
            impact = impacts.get(product_id, impacts.get("", ""))
            if status is VexStatus.NOT_AFFECTED and not (justification or impact):
                # 4.5: for each such product there must be a flag or a threat of category impact
                raise FormatError(f"{product_id[:80]} is not affected, and it does not say why.", where=place)
            yield VexStatement(
                vulnerability=name,
                aliases=tuple(i.text for i in vulnerability.ids if i.text and i.text != name),
                products=product.names,
                subcomponents=product.component,
                status=status,
                justification=justification,
                statement=impact,
                action=actions.get(product_id, actions.get("", "")),
                author=document.publisher.name,
                time=unix_nanoseconds(document.tracking.current_release_date),
                document=document.tracking.id,
            )


def _by_product(abouts: list[_About], groups: Mapping[str, list[str]], say: Callable[[_About], str]) -> dict[str, str]:
    """What is said of each product, '' for all that are not named."""
    found: dict[str, str] = {}
    for about in abouts:
        said = say(about)
        if said:
            ids = [*about.product_ids, *(i for g in about.group_ids for i in groups.get(g, ()))]
            for product_id in ids or [""]:
                found.setdefault(product_id, said)
    return found
