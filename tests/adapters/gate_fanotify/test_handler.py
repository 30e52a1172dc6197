"""What the handler knows of a container's layers, and its clock."""

from __future__ import annotations

import mmap
import os
import struct

from periderm.adapters.gate_fanotify.handler import lowers_of, set_clock


def test_a_process_without_an_overlay_has_no_layers() -> None:
    """Nor one that is gone."""
    assert lowers_of(2**22 + 1, "") == ()
    assert isinstance(lowers_of(os.getpid(), "/nowhere/diff"), tuple)


def test_the_clock_says_since_when_it_works() -> None:
    """And 0 while it waits."""
    with mmap.mmap(-1, mmap.PAGESIZE) as page:
        set_clock(page, busy=True)
        beat, busy = struct.unpack_from("<QQ", page, 0)
        assert beat == busy > 0
        set_clock(page, busy=False)
        assert struct.unpack_from("<QQ", page, 0)[1] == 0
