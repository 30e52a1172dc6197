"""The services of a Compose file, as detectors look at them, and which other files it takes in. Reads none of those: they are
judged where they lie.

Source: the Compose specification, "include" (paths relative to the file's folder; `path` may be a list) and `extends`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.model.build_file import Listing, Mapping, Scalar, texts

_MOST_REFERENCES = 200  # of one file
_ELSEWHERE = ("/", "~", "$")  # not below the scanned folder, or only the one who starts it knows


class Service(msgspec.Struct, frozen=True):
    """One service; `line` is that of its name."""

    name: str
    line: int
    body: Mapping


def services(tree: Mapping) -> Iterator[Service]:
    """All of them in order; a file of the first version has them at its top."""
    found = tree.get("services")
    if not isinstance(found, Mapping):
        old = any(isinstance(v, Mapping) and ("image" in v.pairs or "build" in v.pairs) for _, v in tree.items())
        found = tree if old else Mapping({}, 0)
    for key, body in found.items():
        if isinstance(body, Mapping):
            yield Service(key.text, key.line, body)


def environment(service: Service) -> Iterator[tuple[str, str, int]]:
    """(name, value, line) of what is set; names without a value come from outside and are left out."""
    yield from pairs(service.body, "environment")


def pairs(body: Mapping, *path: str) -> Iterator[tuple[str, str, int]]:
    """A mapping, or a list of NAME=VALUE."""
    found = body.get(*path)
    if isinstance(found, Mapping):
        for key, value in found.items():
            if isinstance(value, Scalar):
                yield key.text, value.text, key.line
    elif isinstance(found, Listing):
        for item in found.items:
            if isinstance(item, Scalar) and "=" in item.text:
                name, _, text = item.text.partition("=")
                yield name, text, item.line


def is_true(text: str) -> bool:
    """YAML 1.1's words for true, as Compose reads them."""
    return text.lower() in ("true", "yes", "on", "y", "1")


def references(tree: Mapping) -> tuple[str, ...]:
    """The files that are included, or extended, as written: relative to the file's folder. Addresses are left out."""
    found: list[str] = []
    include = tree.get("include")
    for item in include.items if isinstance(include, Listing) else ():
        found += [one.text for one in (texts(item.get("path")) if isinstance(item, Mapping) else texts(item))]
    found += [service.body.text("extends", "file") for service in services(tree)]
    named = (one for one in found if one and not one.startswith(_ELSEWHERE) and ":" not in one and "\n" not in one)
    return tuple(dict.fromkeys(named))[:_MOST_REFERENCES]


def with_its_bases(service: Service, known: Mapping) -> tuple[tuple[Mapping, ...], bool]:
    """(its own settings and those of what it extends in the same file, whether it extends nothing of another file)."""
    bodies, seen = [service.body], {service.name}
    while True:
        extends = bodies[-1].get("extends")
        name = extends.text if isinstance(extends, Scalar) else bodies[-1].text("extends", "service")
        if bodies[-1].text("extends", "file"):
            return tuple(bodies), False
        base = known.get(name)
        if not name or name in seen or not isinstance(base, Mapping):
            return tuple(bodies), True
        seen.add(name)
        bodies.append(base)
