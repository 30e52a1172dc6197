"""What every sandbox keeps to. What its walls keep out is tried in tests/adapters/sandbox_linux."""

from __future__ import annotations

import os

import pytest

from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
from periderm.model.errors import LimitError, SandboxError
from periderm.ports.sandbox import Help, Mate, Sandbox, Tell, Work

MIB = 1 << 20


@pytest.fixture
def sandbox() -> Sandbox:
    """The one there is."""
    return LinuxSandbox()


def run(sandbox: Sandbox, work: Work, helper: Help | None = None) -> bytes:
    """Work that needs no file."""
    return sandbox.run(
        work,
        lambda *_: None,
        helper=helper,
        readable=[],
        writable=[],
        memory=1024 * MIB,
        file=MIB,
        answer=MIB,
        seconds=60,
    )


def test_the_answer_is_the_childs(sandbox: Sandbox) -> None:
    """It comes from another process, and changes nothing here."""
    held: list[int] = []

    def work(_tell: Tell, mate: Mate | None) -> bytes:
        held.append(1)
        assert mate is None
        return str(os.getpid()).encode()

    assert int(run(sandbox, work)) != os.getpid()
    assert held == []


def test_errors_are_the_works_own(sandbox: Sandbox) -> None:
    """Of the same family, with the same next step."""

    def work(_tell: Tell, _mate: Mate | None) -> bytes:
        raise LimitError("too much.", "Take less.")

    with pytest.raises(LimitError) as caught:
        run(sandbox, work)
    assert caught.value.next_step == "Take less."


def shared(_tell: Tell, mate: Mate | None) -> bytes:
    """Leaves every part to the helper, and tells what came."""
    assert mate is not None
    with mate.alone():
        pass
    return b" ".join(b"%d:%s" % (number, data) for number, data in mate.given())


def test_a_helper_gives_its_parts(sandbox: Sandbox) -> None:
    """Numbers are taken by one of both; what is given arrives in order, until the helper ends."""

    def helper(mate: Mate) -> None:
        while (number := mate.ticket()) < 3:
            mate.give(number, b"x" * number)

    assert run(sandbox, shared, helper) == b"0: 1:x 2:xx"


@pytest.mark.parametrize("how", ["error", "crash", "status"])
def test_a_helpers_end_is_nobodys_error(sandbox: Sandbox, how: str) -> None:
    """Whatever happens to it, what it gave before is there, and the work goes on."""

    def helper(mate: Mate) -> None:
        mate.give(mate.ticket(), b"first")
        if how == "crash":
            os.abort()
        if how == "status":
            os._exit(5)
        raise SandboxError("no")

    assert run(sandbox, shared, helper) == b"0:first"


def test_what_is_lacking_is_told_in_words(sandbox: Sandbox) -> None:
    """Sentences for people, in both languages."""
    assert all(text.en and text.zh for text in sandbox.lacks())
