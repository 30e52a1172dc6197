"""A vendor's CSAF VEX document: its products flattened, its statements one by one. Knows no vendor.

Source: docs.oasis-open.org/csaf/csaf/v2.0/os: `product_tree` (branches nest to any depth, relationships make a product of
a component and its parent), `vulnerabilities[].product_status`, `remediations`, `threats`, `scores`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import msgspec

from periderm.formats.csaf.tree import Tree, leaves
from periderm.model.advisory import Score
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.timestamps import unix_nanoseconds

MOST_PRODUCTS = 2_000_000
_IMPACT = {
    "critical": Severity.CRITICAL,
    "important": Severity.HIGH,
    "high": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
}


class _Note(msgspec.Struct, frozen=True):
    category: str = ""
    text: str = ""
    title: str = ""


class _Publisher(msgspec.Struct, frozen=True):
    name: str = ""
    namespace: str = ""


class _Tracking(msgspec.Struct, frozen=True):
    id: str = ""
    initial_release_date: str = ""
    current_release_date: str = ""


class _Reference(msgspec.Struct, frozen=True):
    url: str = ""


class _Document(msgspec.Struct, frozen=True):
    title: str = ""
    publisher: _Publisher | None = None
    tracking: _Tracking | None = None
    notes: list[_Note] | None = None
    references: list[_Reference] | None = None


class _Remediation(msgspec.Struct, frozen=True):
    category: str = ""
    details: str = ""
    product_ids: list[str] | None = None
    date: str = ""
    url: str = ""


class _Threat(msgspec.Struct, frozen=True):
    category: str = ""
    details: str = ""
    product_ids: list[str] | None = None


class _Vector(msgspec.Struct, frozen=True):
    vectorString: str = ""


class _ScoreBlock(msgspec.Struct, frozen=True):
    cvss_v2: _Vector | None = None
    cvss_v3: _Vector | None = None
    cvss_v4: _Vector | None = None


class _Cwe(msgspec.Struct, frozen=True):
    id: str = ""


class Vulnerability(msgspec.Struct, frozen=True):
    """One CVE of the document. `product_status` maps CSAF's words to product ids."""

    cve: str = ""
    title: str = ""
    release_date: str = ""
    notes: list[_Note] | None = None
    cwe: _Cwe | None = None
    product_status: dict[str, list[str]] | None = None
    remediations: list[_Remediation] | None = None
    threats: list[_Threat] | None = None
    scores: list[_ScoreBlock] | None = None
    references: list[_Reference] | None = None


class _Csaf(msgspec.Struct, frozen=True):
    document: _Document
    product_tree: Tree | None = None
    vulnerabilities: list[Vulnerability] | None = None


_csaf = msgspec.json.Decoder(_Csaf)


@dataclasses.dataclass(frozen=True, slots=True)
class Product:
    """A product that a statement may name. `parent` is the platform that it is a component of ('' if it stands alone)."""

    id: str
    name: str = ""
    cpe: str = ""
    purl: str = ""
    parent: str = ""
    component: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Parsed:
    """A document whose products can be asked for by id."""

    publisher: str
    title: str
    published: int
    modified: int
    description: str
    references: tuple[str, ...]
    products: Mapping[str, Product]
    vulnerabilities: tuple[Vulnerability, ...]


def read(data: bytes, *, where: str = "") -> Parsed:
    """The document. Raises FormatError; LimitError for a tree that is deeper or wider than any vendor's."""
    try:
        csaf = _csaf.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no CSAF document: {error}", where=where) from error
    products: dict[str, Product] = {}
    tree = csaf.product_tree or Tree()
    for product in leaves(tree.branches or (), MOST_PRODUCTS, where):
        helper = product.helper
        products[product.product_id] = Product(product.product_id, product.name, helper.cpe, helper.purl)
    for relation in tree.relationships or ():
        if relation.full_product_name is not None:
            name = relation.full_product_name.product_id
            products[name] = Product(name, parent=relation.relates_to_product_reference, component=relation.product_reference)
    document = csaf.document
    tracking, publisher = document.tracking or _Tracking(), document.publisher or _Publisher()
    return Parsed(
        publisher=f"{publisher.name} {publisher.namespace}".lower(),
        title=document.title,
        published=unix_nanoseconds(tracking.initial_release_date),
        modified=unix_nanoseconds(tracking.current_release_date),
        description=next((n.text for n in document.notes or () if n.category == "description"), ""),
        references=tuple(dict.fromkeys(r.url for r in document.references or () if r.url)),
        products=products,
        vulnerabilities=tuple(csaf.vulnerabilities or ()),
    )


def impacts(vulnerability: Vulnerability) -> dict[str, Severity]:
    """How bad the vendor says it is, by product id; '' for all that are not named."""
    found: dict[str, Severity] = {}
    for threat in vulnerability.threats or ():
        if threat.category == "impact":
            severity = _IMPACT.get(threat.details.strip().lower(), Severity.UNKNOWN)
            found.update(dict.fromkeys(threat.product_ids or [""], severity))
    return found


def remedies(vulnerability: Vulnerability) -> dict[str, tuple[str, str]]:
    """(category, details) of what the vendor will do, by product id, for those without a fix."""
    found: dict[str, tuple[str, str]] = {}
    for remedy in vulnerability.remediations or ():
        if remedy.category in ("no_fix_planned", "none_available"):
            found.update(dict.fromkeys(remedy.product_ids or (), (remedy.category, remedy.details.strip())))
    return found


def scores(vulnerability: Vulnerability, source: str) -> tuple[Score, ...]:
    """The vectors, each once; `value` is left to whoever rates them."""
    vectors = [v.vectorString for b in vulnerability.scores or () for v in (b.cvss_v4, b.cvss_v3, b.cvss_v2) if v]
    return tuple(Score(source, vector[:400], -1.0) for vector in list(dict.fromkeys(vectors))[:20] if vector)


def summary(vulnerability: Vulnerability, parsed: Parsed) -> str:
    """The vulnerability's own title, else the document's."""
    return (vulnerability.title or parsed.title)[:1000]


def description(vulnerability: Vulnerability, parsed: Parsed) -> str:
    """What it is about, as the vendor tells it."""
    own = next((n.text for n in vulnerability.notes or () if n.category in ("description", "general")), "")
    return (own or parsed.description)[:20_000]
