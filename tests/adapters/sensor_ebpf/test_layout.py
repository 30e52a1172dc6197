"""The adapter's tables are those of the C sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import layout

HEADER = (Path(__file__).resolve().parents[3] / "bpf/record.h").read_text()


def enum(name: str) -> list[str]:
    """Names of a C enum in their order."""
    found = re.search(rf"enum {name} \{{(.*?)\}};", HEADER, re.DOTALL)
    assert found
    return re.findall(r"\b([A-Z][A-Z0-9_]+)\b(?: = \d+)?,?", re.sub(r"/\*.*?\*/", "", found[1]))


def test_operations_are_in_the_same_order() -> None:
    """A number of enum op is the place in HANDLERS."""
    assert [name.removeprefix("OP_").lower() for name in enum("op")[1:]] == list(layout.HANDLERS)


def test_counters_are_in_the_same_order() -> None:
    """Each counter has its name."""
    names = [name.removeprefix("C_").lower().replace("_", "-") for name in enum("counter")[:-1]]
    assert [name.replace("io_uring", "io-uring") for name in layout.COUNTERS] == names


def test_policy_flags() -> None:
    """The bits of a policy."""
    bits = dict(re.findall(r"P_(\w+) = (\d+)", HEADER))
    assert {name: int(bit) for name, bit in bits.items()} == {
        name.removeprefix("POLICY_"): value for name, value in vars(layout).items() if name.startswith("POLICY_")
    }


def test_every_call_has_one_program() -> None:
    """No name of PROGRAMS is unknown, and no system call number is given twice."""
    named = [name for names in layout.PROGRAMS.values() for name in names]
    assert set(named) <= set(layout.HANDLERS)
    for table in (0, 1):
        numbers = [number for tables in layout.HANDLERS.values() for number in tables[table]]
        assert len(numbers) == len(set(numbers))
        assert all(number < layout.COMPAT_BASE - 1 for number in numbers)


def headers(path: str) -> dict[int, str]:
    """Number to name of a system call table of the kernel's headers."""
    file = Path("/usr/include/x86_64-linux-gnu/asm", path)
    if not file.exists():
        pytest.skip("needs the kernel's headers (linux-libc-dev)")
    return {int(number): name for name, number in re.findall(r"__NR_(\w+) (\d+)", file.read_text())}


@pytest.mark.parametrize(("table", "path"), [(0, "unistd_64.h"), (1, "unistd_32.h")])
def test_numbers_are_those_of_the_headers(table: int, path: str) -> None:
    """Each number belongs to a call of that name, or of its family."""
    family = {"setuid": "uid", "setgid": "gid", "dup": "dup", "memfd": "memfd_create", "exec": "exec", "mount": "mount"}
    known = headers(path)
    for name, numbers in layout.HANDLERS.items():
        for number in numbers[table]:
            if number in known:  # 452 is newer than some headers
                wanted = family.get(name, name)
                assert wanted in known[number] or known[number].startswith({"sendmsg": "sendmmsg"}.get(name, wanted))
