"""Mix's lock file of Elixir, mix.lock. What comes from git has no version there and is not told. Runs no Elixir.

Source: hexdocs.pm/mix, deps; hexdocs.pm/hex, lock tuples as Hex writes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import erlang_terms, reading
from periderm.formats.languages.erlang_terms import Terms
from periderm.formats.languages.found import Found
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages of Hex that the lock names: `"app": {:hex, :name, "version", …, [dependencies], "repository", …}`."""
    found = Found(path, "hex")
    for top in erlang_terms.read(reading.decoded(data), path):
        for entry in top if isinstance(top, Terms) else ():
            if not isinstance(entry, Terms) or len(entry) < 3 or entry[0] != "hex":
                continue
            name, version = entry[1], entry[2]
            if isinstance(name, str) and isinstance(version, str):
                asked = entry[5] if len(entry) > 5 else None
                repository = entry[6] if len(entry) > 6 and isinstance(entry[6], str) else "hexpm"
                organisation = repository.partition(":")[2] if repository.startswith("hexpm:") else ""
                found.add(name, version, namespace=organisation, dependencies=_names(asked))
    return found.facts()


def _names(asked: Terms | str | None) -> Iterator[str]:
    for one in asked if isinstance(asked, Terms) else ():
        if isinstance(one, Terms) and one and isinstance(one[0], str):
            yield one[0]


FORMAT = PackageFormat(
    id="mix-lock",
    title=Text("Mix lock files", "Mix 锁文件"),
    read=read,
    names=("mix.lock",),
    source_only=True,
    most=8 * MIB,
)
