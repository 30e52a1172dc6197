"""Rebar3's lock file of Erlang, rebar.lock. What comes from git has no version there and is not told. Runs no Erlang.

Source: rebar3.org/docs, dependencies, lock files.
"""

from __future__ import annotations

from periderm.formats.languages import erlang_terms, reading
from periderm.formats.languages.erlang_terms import Terms
from periderm.formats.languages.found import Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages of Hex that the lock names: `{<<"app">>,{pkg,<<"name">>,<<"version">>},0}`, wherever the list is."""
    found = Found(path, "hex")
    waiting = [erlang_terms.read(reading.decoded(data), path)]
    while waiting:
        for one in waiting.pop():
            if not isinstance(one, Terms):
                continue
            source = one[1] if len(one) == 3 else None
            if isinstance(source, Terms) and len(source) >= 3 and source[0] == "pkg":
                name, version = source[1], source[2]
                if isinstance(name, str) and isinstance(version, str):
                    found.add(name, version)
            else:
                waiting.append(one)
    return found.facts()


FORMAT = PackageFormat(
    id="rebar-lock",
    title=Text("Rebar3 lock files", "Rebar3 锁文件"),
    read=read,
    names=("rebar.lock",),
    source_only=True,
    most=8 * MIB,
)
