"""Instructions and objects of the kernel's BPF machine."""

from __future__ import annotations

import os
import struct

import pytest

from periderm.adapters.responder_linux import bpf_calls as bpf
from periderm.model.errors import ResponderError


def test_instructions_have_the_kernels_layout() -> None:
    """code, registers in two halves of a byte, offset, number; the map's address takes two."""
    assert bpf.load_word(2, 1, 4) == bytes.fromhex("6112040000000000")
    assert bpf.store_number(10, -8, 32) == bytes.fromhex("620af8ff20000000")
    assert bpf.number(0, 1) + bpf.leave() == bytes.fromhex("b7000000010000009500000000000000")
    assert len(bpf.map_address(1, 5)) == 16


@pytest.mark.root
def test_a_program_that_looks_into_a_trie_loads() -> None:
    """The verifier takes it, and refuses one that reads beyond its context."""
    trie = bpf.make_trie(32, 4)
    bpf.put(trie, struct.pack("<I", 8) + bytes([10, 0, 0, 0]), b"\1\0\0\0")
    program = bpf.load(bpf.CGROUP_SOCK_ADDR, 10, bpf.number(0, 1) + bpf.leave(), "allow")
    with pytest.raises(ResponderError, match="refuses the program bad"):
        bpf.load(bpf.CGROUP_SOCK_ADDR, 10, bpf.load_word(0, 1, 4000) + bpf.leave(), "bad")
    for descriptor in (trie, program):
        os.close(descriptor)
