"""How packages of Node are named: scopes, aliases and what a lock file's version may be instead of one."""

from __future__ import annotations

from periderm.formats.languages.found import Found


def add(found: Found, full: str, version: str, **more: object) -> None:
    """One package by its whole name ('@scope/name' or 'name')."""
    scope, slash, name = full.partition("/")
    if slash and scope.startswith("@"):
        found.add(name, version, namespace=scope, **more)  # type: ignore[arg-type]  # the same names as Found.add's
    else:
        found.add(full, version, **more)  # type: ignore[arg-type]  # the same names as Found.add's


def split(text: str) -> tuple[str, str]:
    """('@scope/name', 'rest') of '@scope/name@rest'; the rest is '' if there is none."""
    at = text.find("@", 1)
    return (text[:at], text[at + 1 :]) if at > 0 else (text, "")


def unalias(name: str, version: str) -> tuple[str, str]:
    """What an entry really is: 'npm:lodash@4.17.15' is lodash whatever it is called here."""
    return split(version[4:]) if version.startswith("npm:") and version.find("@", 5) > 0 else (name, version)


def is_version(version: str) -> bool:
    """Whether it is a version, and no address, path or range."""
    return version[:1].isdigit() and not any(c in version for c in ":/ |<>=^~*")
