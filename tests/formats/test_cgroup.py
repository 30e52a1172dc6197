"""Cgroup paths of every runtime that is recognised, and of what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.cgroup import (
    CgroupLine,
    CgroupPlace,
    controller_path,
    parse_cgroup,
    place_of,
    place_of_path,
    unified_path,
)
from periderm.model.errors import FormatError

ID = "7332ea17d81aa3136a892be7c2d98ae3b0464c7a624818a1bcdd7151fdacff0d"
POD = "6f0c1d2e-1111-2222-3333-444455556666"
SLICED = POD.replace("-", "_")


@pytest.mark.parametrize(
    ("path", "runtime", "pod"),
    [
        (f"/libpod_parent/libpod-{ID}", "podman", ""),
        (f"/machine.slice/libpod-{ID}.scope", "podman", ""),
        (f"/machine.slice/libpod-{ID}.scope/container", "podman", ""),
        (f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope", "podman", ""),
        (f"/system.slice/docker-{ID}.scope", "docker", ""),
        (f"/docker/{ID}", "docker", ""),
        (f"/kubepods/burstable/pod{POD}/{ID}", "kubernetes", POD),
        (
            f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{SLICED}.slice/cri-containerd-{ID}.scope",
            "containerd",
            POD,
        ),
        (f"/kubepods.slice/kubepods-pod{SLICED}.slice/crio-{ID}.scope", "cri-o", POD),
        (f"/kubepods.slice/kubepods-pod{SLICED}.slice/docker-{ID}.scope", "docker", POD),
        # A runtime inside a container: the innermost container is the one that the process is in.
        (f"/system.slice/docker-{'a' * 64}.scope/kubelet/kubepods/pod{POD}/{ID}", "kubernetes", POD),
    ],
)
def test_a_container_is_known_by_its_path(path: str, runtime: str, pod: str) -> None:
    """Each runtime's way of naming, with both cgroup drivers."""
    place = place_of_path(path)
    assert (place.runtime, place.container_id, place.pod_uid) == (runtime, ID, pod)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/system.slice/docker.service",
        f"/system.slice/libpod-conmon-{ID}.scope",
        f"/system.slice/docker-{ID[:-1]}.scope",
        f"/system.slice/docker-{ID.upper()}.scope",
        f"/system.slice/xdocker{ID}",
        f"/somewhere/{ID}",
        "/user.slice/user-1000.slice/session-3.scope",
    ],
)
def test_what_is_no_container_is_none(path: str) -> None:
    """Helpers, near misses and plain services stay on the host."""
    assert place_of_path(path).container_id == ""


def test_a_hybrid_host_is_read_as_one() -> None:
    """v2 goes first; where v2 says nothing, systemd's hierarchy does."""
    v1 = f"9:name=systemd:/machine.slice/libpod-{ID}.scope\n8:pids,misc:/x\n0::/\n"
    lines = parse_cgroup(v1.encode())
    assert place_of(lines) == CgroupPlace("podman", ID, "", f"libpod-{ID}.scope")
    assert unified_path(lines) == "/"
    assert controller_path(lines, "pids") == "/x"
    assert controller_path(lines, "freezer") == ""


def test_a_service_is_named() -> None:
    """The innermost unit."""
    lines = parse_cgroup(b"0::/system.slice/nginx.service\n")
    assert place_of(lines) == CgroupPlace(unit="nginx.service")
    assert place_of(()) == CgroupPlace()


@pytest.mark.parametrize("data", [b"nonsense", b"x:y:/z", b"0:cpu", b"0::relative", b"\xff:\xff", b"0::/x\n\n", b"1" * 70_000])
def test_what_is_no_cgroup_file_is_refused(data: bytes) -> None:
    """With FormatError and nothing else."""
    with pytest.raises(FormatError):
        parse_cgroup(data)


PATHS = st.text(
    st.characters(exclude_characters="\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", exclude_categories=["Cs"]), max_size=40
)


@given(
    st.lists(
        st.builds(
            CgroupLine,
            st.integers(0, 99),
            st.lists(st.sampled_from(["cpu", "name=systemd"]), unique=True).map(tuple),
            PATHS.map(lambda p: "/" + p),
        ),
        max_size=8,
    )
)
def test_lines_survive_writing_and_reading(lines: list[CgroupLine]) -> None:
    """What the kernel writes is what is read, whatever the names."""
    text = "".join(f"{line.number}:{','.join(line.controllers)}:{line.path}\n" for line in lines)
    assert parse_cgroup(text.encode()) == tuple(lines)


@given(st.binary(max_size=300))
def test_any_bytes_give_lines_or_an_error(data: bytes) -> None:
    """No other outcome, and no container out of nothing."""
    try:
        place = place_of(parse_cgroup(data))
    except FormatError:
        return
    assert len(place.container_id) in (0, 64)
