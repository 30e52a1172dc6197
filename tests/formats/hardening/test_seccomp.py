"""Seccomp profiles."""

from __future__ import annotations

import json

import msgspec
import pytest

from periderm.formats.hardening.seccomp import START, allowed, write
from periderm.model.hardening import Hardening

PLAIN = Hardening(workload_id="w", name="shop", system_calls=("accept4", "socket"), families=(1, 2), architecture="arm64")


def test_what_was_made_its_like_and_a_start_pass() -> None:
    """An update of a library that calls the sibling does not stop the workload; nothing else passes."""
    names = allowed(PLAIN)
    assert {"accept", "accept4", "socket", "openat2", *START} <= names
    assert not names & {"ptrace", "bpf", "mount", "init_module", "unshare", "setns", "keyctl", "io_uring_setup"}


def test_sockets_are_let_by_family_and_new_namespaces_are_not() -> None:
    """clone is looked at by its flags; clone3, whose flags cannot be seen, is told not to be there."""
    profile = json.loads(write(PLAIN))
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert profile["architectures"] == ["SCMP_ARCH_AARCH64"]
    by_name = {rule["names"][0]: rule for rule in profile["syscalls"] if len(rule["names"]) == 1}
    assert by_name["clone"]["args"][0]["op"] == "SCMP_CMP_MASKED_EQ"
    assert by_name["clone"]["args"][0]["value"] & 0x10000000  # CLONE_NEWUSER
    assert by_name["clone3"] == {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}
    families = [rule["args"][0]["value"] for rule in profile["syscalls"] if rule["names"] == ["socket"]]
    assert families == [1, 2]
    assert all("socket" not in rule["names"] for rule in profile["syscalls"][:1])


@pytest.mark.parametrize(("compat", "count"), [(False, 1), (True, 2)])
def test_the_32_bit_table_only_where_it_is_used(compat: bool, count: int) -> None:
    """Otherwise its calls have no rule at all."""
    hardening = msgspec.structs.replace(PLAIN, compat=compat, namespaces=True)
    profile = json.loads(write(hardening))
    assert len(profile["architectures"]) == count
    assert {"names": ["clone", "clone3"], "action": "SCMP_ACT_ALLOW"} in profile["syscalls"]


def test_no_sockets_without_their_use() -> None:
    """A workload that made none gets no rule for them."""
    profile = json.loads(write(msgspec.structs.replace(PLAIN, system_calls=("read",))))
    assert all("socket" not in rule["names"] for rule in profile["syscalls"])
