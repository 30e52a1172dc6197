"""OpenVEX 0.2.0 documents, read and written. Matches no products.

Source: github.com/openvex/spec, OPENVEX-SPEC.md and openvex_json_schema.json (0.2.0). A statement without a time has the
document's; `not_affected` must say why (a justification or an impact statement), else the document is not valid. Also
read: the older form 0.0.x, in which vulnerability and products are plain texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.timestamps import rfc3339, unix_nanoseconds
from periderm.model.vulnerability import VexStatement, VexStatus

CONTEXT = "https://openvex.dev/ns/v0.2.0"
MOST_STATEMENTS = 200_000
JUSTIFICATIONS = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)
_HASHES = {"sha-256": "sha256", "sha256": "sha256", "sha-512": "sha512", "sha-384": "sha384"}


class _Vulnerability(msgspec.Struct, frozen=True):
    name: str = ""
    id: str = msgspec.field(name="@id", default="")
    aliases: list[str] = []


class _Component(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="@id", default="")
    identifiers: dict[str, str] = {}
    hashes: dict[str, str] = {}
    subcomponents: list[_Component | str] = []


class _Statement(msgspec.Struct, frozen=True):
    vulnerability: _Vulnerability | str
    status: VexStatus
    products: list[_Component | str] = []
    subcomponents: list[str] = []  # 0.0.x
    timestamp: str = ""
    last_updated: str = ""
    justification: str = ""
    impact_statement: str = ""
    status_notes: str = ""
    action_statement: str = ""


class _Document(msgspec.Struct, frozen=True):
    statements: list[_Statement]
    context: str = msgspec.field(name="@context", default="")
    id: str = msgspec.field(name="@id", default="")
    author: str = ""
    timestamp: str = ""
    last_updated: str = ""


_document = msgspec.json.Decoder(_Document)


def is_openvex(data: bytes) -> bool:
    """Whether it says of itself that it is such a document."""
    return b"openvex.dev/ns" in data[:4096] or b"openvex.dev/ns" in data[-4096:]


def parse(data: bytes, *, where: str = "") -> Iterator[VexStatement]:
    """The statements in the document's order. Raises FormatError for what is no valid document."""
    try:
        document = _document.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no OpenVEX document: {error}", where=where) from error
    if not document.context.startswith("https://openvex.dev/ns"):
        raise FormatError("its @context is not OpenVEX's.", where=where)
    if len(document.statements) > MOST_STATEMENTS:
        raise LimitError(f"it has more than {MOST_STATEMENTS} statements.", where=where)
    for number, statement in enumerate(document.statements):
        for narrowed, products in _by_subcomponents(statement).items():
            place = f"{where}: statement {number + 1}"
            yield _statement(statement, document, products=products, narrowed=narrowed, place=place)


def _statement(
    given: _Statement, document: _Document, *, products: tuple[str, ...], narrowed: tuple[str, ...], place: str
) -> VexStatement:
    told = given.vulnerability if isinstance(given.vulnerability, _Vulnerability) else _Vulnerability(given.vulnerability)
    name = told.name or told.id.rpartition("/")[2]
    if not name:
        raise FormatError("names no vulnerability.", where=place)
    if not products:
        raise FormatError("names no product.", where=place)
    justification = given.justification.strip()
    if justification and justification not in JUSTIFICATIONS:
        raise FormatError(f"has the unknown justification {justification[:80]!r}.", where=place)
    if given.status is VexStatus.NOT_AFFECTED and not (justification or given.impact_statement.strip()):
        raise FormatError(
            "says 'not_affected' without a justification or an impact statement.",
            "Ask its author why, and add one of OpenVEX's five justifications.",
            where=place,
        )
    return VexStatement(
        vulnerability=name,
        aliases=tuple(a for a in told.aliases if a != name),
        products=products,
        subcomponents=narrowed,
        status=given.status,
        justification=justification,
        statement=given.impact_statement or given.status_notes,
        action=given.action_statement,
        author=document.author,
        time=unix_nanoseconds(given.timestamp) or unix_nanoseconds(document.timestamp),
        document=document.id,
    )


def _by_subcomponents(statement: _Statement) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Products that are narrowed alike: {sub-components: products}."""
    found: dict[tuple[str, ...], list[str]] = {}
    for product in statement.products:
        own = [product] if isinstance(product, str) else _names(product)
        given = statement.subcomponents if isinstance(product, str) else product.subcomponents
        narrowed = tuple(n for each in given for n in ([each] if isinstance(each, str) else _names(each)))
        found.setdefault(narrowed, []).extend(own)
    return {narrowed: tuple(dict.fromkeys(names)) for narrowed, names in found.items()} or {(): ()}


def _names(component: _Component) -> list[str]:
    """All by which a component is known: package URL, digests, its id."""
    names = [component.identifiers.get("purl", ""), component.id]
    names += [f"{_HASHES[kind]}:{value.lower()}" for kind, value in component.hashes.items() if kind in _HASHES]
    return list(dict.fromkeys(n for n in names if n))


def write(statements: Iterable[VexStatement], *, author: str, time: int, tooling: str = "") -> bytes:
    """A document of these statements, valid by the schema. `time` (Unix nanoseconds) is when it is issued. The id is the
    digest of the statements, so that equal ones make equal documents. Raises FormatError for statements that may not be
    made (no product, 'not_affected' without a reason, nothing at all)."""
    written = [_written(statement) for statement in statements]
    distinct = list({msgspec.json.encode(w): w for w in written}.values())
    if not distinct:
        raise FormatError("there is nothing to state.", "An OpenVEX document has at least one statement.")
    digest = hashlib.sha256(msgspec.json.encode(distinct)).hexdigest()
    document: dict[str, object] = {
        "@context": CONTEXT,
        "@id": f"https://openvex.dev/docs/public/vex-{digest}",
        "author": author or "Unknown Author",
        "timestamp": rfc3339(time),
        "version": 1,
    }
    if tooling:
        document["tooling"] = tooling
    document["statements"] = distinct
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _written(statement: VexStatement) -> dict[str, object]:
    if not statement.products:
        raise FormatError(f"the statement on {statement.vulnerability} names no product.")
    written: dict[str, object] = {"vulnerability": {"name": statement.vulnerability}}
    if statement.aliases:
        written["vulnerability"] = {"name": statement.vulnerability, "aliases": sorted(set(statement.aliases))}
    if statement.time:
        written["timestamp"] = rfc3339(statement.time)
    written["products"] = [_component(p, statement.subcomponents) for p in dict.fromkeys(statement.products)]
    written["status"] = statement.status.value
    if statement.status is VexStatus.NOT_AFFECTED:
        # The schema takes one of the two, the specification recommends the first.
        if statement.justification:
            written["justification"] = statement.justification
            if statement.statement:
                written["status_notes"] = statement.statement
        elif statement.statement:
            written["impact_statement"] = statement.statement
        else:
            raise FormatError(f"the statement on {statement.vulnerability} says 'not_affected' and not why.")
    elif statement.statement:
        written["status_notes"] = statement.statement
    if statement.status is VexStatus.AFFECTED:
        written["action_statement"] = statement.action or "No action is known yet."
    return written


def _component(name: str, narrowed: Sequence[str] = ()) -> dict[str, object]:
    kind, colon, value = name.partition(":")
    component: dict[str, object] = {}
    if name.startswith("pkg:"):
        component = {"@id": name, "identifiers": {"purl": name}}
    elif colon and kind in ("sha256", "sha384", "sha512"):
        component = {"hashes": {f"sha-{kind[3:]}": value}}
    else:
        component = {"@id": name}
    if narrowed:
        component["subcomponents"] = [_component(each) for each in dict.fromkeys(narrowed)]
    return component
