"""Documents of others are read in a child, and its answer is not believed blindly."""

from __future__ import annotations

import os

import msgspec
import pytest

from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
from periderm.app.scan_image import ImageScanner
from periderm.app.walled import read_walled
from periderm.flow.progress import quiet
from periderm.model.errors import FormatError, SandboxError
from tests.ports.plugs import CountingClock


class Told(msgspec.Struct):
    """What a document tells, and who read it."""

    words: int
    pid: int


def scanner(*, walled: bool) -> ImageScanner:
    """With or without walls."""
    return ImageScanner({}, lambda _path: "", CountingClock(), sandbox=LinuxSandbox() if walled else None)


@pytest.mark.parametrize("walled", [True, False])
def test_it_is_read_in_another_process_where_there_are_walls(walled: bool) -> None:
    """The value is the same; without a sandbox it is read here."""
    found = read_walled(scanner(walled=walled), "a.json", lambda: Told(3, os.getpid()), Told, quiet)
    assert found.words == 3
    assert (found.pid != os.getpid()) is walled


def test_what_is_wrong_with_the_document_is_said() -> None:
    """The reader's own error, through the walls."""

    def damaged() -> Told:
        raise FormatError("it is no bill")

    with pytest.raises(FormatError, match="it is no bill"):
        read_walled(scanner(walled=True), "a.json", damaged, Told, quiet)


def test_an_answer_of_another_kind_is_refused() -> None:
    """A child that says something else is not believed."""
    with pytest.raises(SandboxError, match=r"that read a\.json"):
        read_walled(scanner(walled=True), "a.json", lambda: Told("many", 1), Told, quiet)
