"""What went into a build, by digest: base images, the build definition, the commit of the source. Builds nothing.

The base images are those that the definition's FROM lines name (Containerfile(5)), as they lie in the builder's storage after
the build; a line that only the builder can resolve is left out.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from urllib.parse import quote

from periderm.app.build_command import digest_words
from periderm.model.build import BuildCommand, Material
from periderm.model.errors import PeridermError
from periderm.ports.builder import Builder
from periderm.ports.documents import Documents
from periderm.ports.source_state import SourceStates

MOST_DEFINITION = 1 << 20
MOST_BASES = 64
_DIGEST = re.compile(r"(?:^|@|\b)sha256:([0-9a-f]{64})\b")
_FROM = re.compile(r"(?i)\s*from\s+(?:--platform=\S+\s+)?(\S+)(?:\s+as\s+(\S+))?\s*$")
_ARG = re.compile(r"(?i)\s*arg\s+(\w+)=(\S+)\s*$")
_USE = re.compile(r"\$\{?(\w+)\}?")


def definitions(command: BuildCommand, documents: Documents) -> tuple[str, ...]:
    """The build definitions that this command reads, as far as they lie in files here."""
    folder = command.context or "."
    if command.files:
        tried = [(path, os.path.join(folder, path)) for path in command.files if path != "-" and "://" not in path]
        return tuple(found for pair in tried if (found := next((p for p in pair if documents.exists(p)), "")))
    usual = (os.path.join(folder, name) for name in ("Containerfile", "Dockerfile"))
    return tuple(path for path in usual if documents.exists(path))[:1]


def bases(text: str) -> tuple[str, ...]:
    """The images that FROM lines name, without stages of the same file; ARGs before the first FROM are put in. A name with a
    variable that has no value here is left out."""
    known: dict[str, str] = {}
    stages: set[str] = set()
    found: dict[str, None] = {}
    for line in text.splitlines():
        if (told := _ARG.match(line)) and not found and not stages:
            known[told[1]] = told[2].strip("\"'")
        if (told := _FROM.match(line)) is None:
            continue
        name = _USE.sub(lambda use: known.get(use[1], "$"), told[1])
        if "$" not in name and name.lower() not in stages and name.lower() != "scratch":
            found.setdefault(name, None)
        if told[2]:
            stages.add(told[2].lower())
    return tuple(found)[:MOST_BASES]


def materials(command: BuildCommand, builder: Builder, documents: Documents, states: SourceStates) -> tuple[Material, ...]:
    """All of them, as far as they can be told; nothing that fails here fails the build."""
    return tuple(_materials(command, builder, documents, states))


def _materials(command: BuildCommand, builder: Builder, documents: Documents, states: SourceStates) -> Iterator[Material]:
    state = states.look(command.context or ".")
    if state.commit:
        address = state.address or "file:"
        uri = (address if address.startswith("git+") else f"git+{address}") + (f"@{state.ref}" if state.ref else "")
        yield Material(uri=uri, digest={"gitCommit": state.commit}, name="source", dirty=state.dirty)
    for path in definitions(command, documents):
        try:
            data = documents.read(path, MOST_DEFINITION)
        except PeridermError:
            continue
        yield Material(uri=f"file:{quote(os.path.basename(path))}", digest={"sha256": hashlib.sha256(data).hexdigest()})
        for name in bases(data.decode("utf-8", "replace")):
            answer = builder.ask(digest_words(command, name))
            digest = _DIGEST.search(answer.output.decode("ascii", "replace")) if not answer.status else None
            if digest is not None:
                yield Material(uri=_purl(name, digest[1]), digest={"sha256": digest[1]}, name=name)


def _purl(name: str, digest: str) -> str:
    """purl-spec, type oci: the last part of the name, its digest, where it is kept, and its tag."""
    bare = name.partition("@")[0]
    last = bare.rpartition("/")[2]
    tag = last.partition(":")[2]
    where = bare.removesuffix(f":{tag}") if tag else bare
    told = f"pkg:oci/{quote(last.partition(':')[0].lower())}@sha256%3A{digest}?repository_url={quote(where, safe='/:')}"
    return told + (f"&tag={quote(tag)}" if tag else "")
