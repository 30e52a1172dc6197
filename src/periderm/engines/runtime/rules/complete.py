"""Fills in what follows from the facts that a test gives: of `exe: /bin/sh` the name, of `container` that it is contained.
So a test says what matters, as an event would say it. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from periderm.engines.runtime import decoding, programs
from periderm.engines.runtime.rules.facts import NETWORK, image_name
from periderm.model.event import EventKind
from periderm.model.event_facts import KINDS, EventFacts

_OF_CONTAINER = (
    "container", "container_id", "image", "repository", "tag", "digest", "labels", "privileged", "entrypoint", "mounts",
    "runtime", "workload",
)  # fmt: skip


def complete(given: Mapping[str, Any]) -> EventFacts:
    """The facts, with what follows from them; what is given stays as it is."""
    facts = dict(given)
    kind = KINDS.get(str(facts.get("kind", "")), EventKind.NONE)
    _line(facts)
    _program(facts, kind)
    _path(facts, kind)
    _place(facts)
    _others(facts, kind)
    return EventFacts(**facts)


def _line(facts: dict[str, Any]) -> None:
    if "argv" not in facts and "line" in facts:
        facts["argv"] = tuple(facts["line"].split(" "))
    if "argv" not in facts and "cmdline" in facts:
        facts["argv"] = tuple(facts["cmdline"].split(" "))
    if "argv" not in facts and "args" in facts:
        facts["argv"] = (facts.get("name") or programs.base(facts.get("exe", "")), *facts["args"])
    if "argv" in facts:
        facts.setdefault("line", " ".join(facts["argv"]))
    if "line" in facts:
        facts.setdefault("readings", (facts["line"], *decoding.decoded(facts["line"])))


def _program(facts: dict[str, Any], kind: EventKind) -> None:
    argv = facts.get("argv", ())
    if "exe" not in facts and kind is EventKind.EXEC and "path" in facts:
        facts["exe"] = facts["path"]
    what = programs.command(facts.get("exe") or (argv[0] if argv else ""), argv)
    facts.setdefault("name", what.name)
    facts.setdefault("args", what.arguments)
    if facts["name"]:
        facts.setdefault("cmdline", " ".join((facts["name"], *facts["args"])))
    if kind is EventKind.EXEC:
        facts.setdefault("path", facts.get("exe", ""))
        if programs.is_shell(what) or programs.interpreter(what.name):
            facts.setdefault("script", programs.script(what))


def _path(facts: dict[str, Any], kind: EventKind) -> None:
    if kind in NETWORK and "address" in facts:
        facts.setdefault("path", facts["address"])
    elif kind in NETWORK and "path" in facts:
        facts.setdefault("address", facts["path"])
    path = facts.get("path", "")
    if path:
        facts.setdefault("raw", path)
        facts.setdefault("file", programs.base(path))
        facts.setdefault("folder", path.rpartition("/")[0])


def _place(facts: dict[str, Any]) -> None:
    if any(facts.get(name) for name in _OF_CONTAINER):
        facts.setdefault("contained", True)
    if facts.get("contained"):
        facts.setdefault("container", "container")
    else:
        facts.setdefault("host", "host")
        facts.setdefault("how", "host")
    if facts.get("image"):
        repository, tag = image_name(facts["image"])
        facts.setdefault("repository", repository)
        facts.setdefault("tag", tag)


def _others(facts: dict[str, Any], kind: EventKind) -> None:
    if facts.get("ancestors"):
        facts.setdefault("parent", facts["ancestors"][0])
    if facts.get("parent_exe"):
        facts.setdefault("parent", programs.base(facts["parent_exe"]))
    if facts.get("parent"):
        facts.setdefault("ancestors", (facts["parent"],))
        facts.setdefault("parent_cmdline", facts["parent"])
    if facts.get("parent_exe"):
        facts.setdefault("ancestor_exes", (facts["parent_exe"],))
    if facts.get("tty") or facts.get("how") in ("exec", "nsenter"):
        facts.setdefault("interactive", True)
    if facts.get("result", 0) < 0:
        facts.setdefault("failed", True)
    if kind is EventKind.OPEN and not facts.get("writes"):
        facts.setdefault("reads", True)
    if kind is EventKind.CONNECT and facts.get("address"):
        facts.setdefault("family", "ipv6" if ":" in facts["address"] else "ipv4")
        facts.setdefault("transport", "tcp")
