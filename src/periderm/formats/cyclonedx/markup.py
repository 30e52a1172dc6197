"""Turns CycloneDX XML into the shape of CycloneDX JSON, so that one reader serves both. Resolves no entity, follows
no reference, and refuses a document type.

Source: CycloneDX 1.2 to 1.6 XML schemas (namespace http://cyclonedx.org/schema/bom/1.X).
"""

from __future__ import annotations

from typing import Any

from periderm.model.errors import FormatError, LimitError

DEEPEST = 200
_WHERE = "the CycloneDX document"
# Elements that are lists in JSON, with the element that each of their children is.
_LISTS = frozenset({"components", "dependencies", "hashes", "properties", "licenses", "dependsOn"})
_ATTRIBUTES = {"type": "type", "bom-ref": "bom-ref", "ref": "ref", "alg": "alg", "name": "name"}
_TEXT = "\0"  # where an element's own text is kept: no element is called so


def from_xml(data: bytes) -> dict[str, Any]:
    """The document as JSON would say it, as far as packages go. Raises FormatError, LimitError."""
    from xml.parsers import expat

    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FormatError(f"it is not well-formed XML: {error}.", where=_WHERE) from None
    root = builder.root
    if builder.name != "bom" or root is None:
        raise FormatError("its root is not <bom>.", where=_WHERE)
    return {**root, "bomFormat": "CycloneDX" if "cyclonedx.org/schema/bom" in builder.space else ""}


def _refuse(*_: object) -> None:
    raise FormatError("it has a document type, which no bill of materials needs.", where=_WHERE)


class _Builder:
    """Builds values while the elements stream by. Every element becomes an object, and is simplified when it ends."""

    def __init__(self) -> None:
        self.root: dict[str, Any] | None = None
        self.name = ""
        self.space = ""
        self._stack: list[tuple[str, dict[str, Any], list[Any]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        space, _, name = tag.rpartition(" ")
        if len(self._stack) >= DEEPEST:
            raise LimitError(f"its elements are nested more than {DEEPEST} deep.", where=_WHERE)
        if not self._stack:
            self.name, self.space = name, space
        fields: dict[str, Any] = {key: attributes[key] for key in _ATTRIBUTES if key in attributes}
        self._stack.append((name, fields, []))

    def text(self, data: str) -> None:
        """Text of the element that is open."""
        if self._stack:
            # Pieces, joined once: a long text would else be copied again for each of them.
            self._stack[-1][1].setdefault(_TEXT, []).append(data)

    def end(self, _tag: str) -> None:
        """An element ends: its value goes to the one around it."""
        name, fields, items = self._stack.pop()
        value = _value(name, fields, items)
        if not self._stack:
            self.root = value if isinstance(value, dict) else {}
            return
        outer, around, others = self._stack[-1]
        if outer in _LISTS:
            others.append({"expression": value} if name == "expression" else _licence(name, value))
        elif name == "dependency":
            others.append(fields.get("ref", ""))
        else:
            around.setdefault(name, value)


def _value(name: str, fields: dict[str, Any], items: list[Any]) -> Any:
    own = "".join(fields.pop(_TEXT, ())).strip()
    if name in _LISTS:
        return items
    if name == "dependency":
        return {"ref": fields.get("ref", ""), "dependsOn": items}
    if name == "hash":
        return {"alg": fields.get("alg", ""), "content": own}
    if name == "property":
        return {"name": fields.get("name", ""), "value": own}
    return fields or own


def _licence(name: str, value: Any) -> Any:
    return {"license": value} if name == "license" else value
