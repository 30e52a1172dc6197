"""The OCI runtime's configuration, as podman and containerd write it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.oci_runtime import RuntimeConfig, parse_runtime_config
from periderm.model.errors import FormatError

PLAIN = b"""{"ociVersion":"1.0.2","process":{"args":["/beat","-x"],"user":{"uid":1000,"gid":5},
 "capabilities":{"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"]}},"root":{"path":"rootfs"},
 "mounts":[{"destination":"/proc","type":"proc","source":"proc"},{"destination":"/data","type":"bind","source":"/srv/data"}],
 "annotations":{"a":"b"},"linux":{"cgroupsPath":"/x/y","maskedPaths":["/proc/kcore"]}}"""


def test_what_a_container_may_do_is_read() -> None:
    """Command, user, capabilities, and what the host lends."""
    config = parse_runtime_config(PLAIN)
    assert config.command == ("/beat", "-x")
    assert config.user == "1000:5"
    assert config.capabilities == {"CAP_CHOWN"}
    assert config.host_mounts == ("/srv/data:/data",)
    assert config.annotations == {"a": "b"}
    assert not config.privileged


def test_a_privileged_container_is_known() -> None:
    """Nothing masked and CAP_SYS_ADMIN: what `--privileged` comes down to."""
    data = b'{"process":{"capabilities":{"bounding":["CAP_SYS_ADMIN"]}},"linux":{}}'
    assert parse_runtime_config(data).privileged


def test_an_empty_object_is_a_container_of_which_nothing_is_known() -> None:
    """Missing parts, and Go's null for empty lists."""
    assert parse_runtime_config(b"{}") == RuntimeConfig()
    assert parse_runtime_config(b'{"mounts":null,"annotations":null,"process":{"args":null}}').command == ()


@pytest.mark.parametrize("data", [b"", b"[]", b'{"process":7}', b'{"mounts":[1]}', b"[" * 100_000])
def test_what_is_none_is_refused(data: bytes) -> None:
    """With FormatError and nothing else."""
    with pytest.raises(FormatError):
        parse_runtime_config(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_configuration_or_an_error(data: bytes) -> None:
    """No other outcome."""
    with contextlib.suppress(FormatError):
        parse_runtime_config(data)


def test_what_a_container_shares_with_the_host_is_told() -> None:
    """Namespaces that it was not given anew, also by the host's own as a path; devices, mounts, and what does not hold it."""
    config = parse_runtime_config(
        b"""{"process":{"cwd":"/proc/self/fd/8","apparmorProfile":"unconfined","selinuxLabel":"system_u:system_r:spc_t:s0"},
        "mounts":[{"destination":"/h","source":"/","options":["rbind","ro"]},{"destination":"/d","source":"/srv"}],
        "linux":{"namespaces":[{"type":"mount"},{"type":"network","path":"/run/netns/x"},{"type":"uts","path":"/proc/1/ns/uts"}],
        "devices":[{"path":"/dev/fuse","type":"c"}],"seccomp":null}}"""
    )
    assert config.host_namespaces == ("pid", "ipc", "uts")
    assert config.mount_sources == ("/:/h:ro", "/srv:/d:rw")
    assert config.devices == ("/dev/fuse",)
    assert config.unconfined == ("seccomp", "apparmor", "selinux", "masked-paths")
    assert config.process.cwd == "/proc/self/fd/8"


def test_a_held_container_is_not_called_unconfined() -> None:
    """A profile for seccomp, masked paths, and a host without AppArmor or SELinux; half a configuration says nothing."""
    held = b'{"linux":{"namespaces":[{"type":"pid"}],"seccomp":{"defaultAction":"x"},"maskedPaths":["/proc/kcore"]}}'
    assert parse_runtime_config(held).unconfined == ()
    assert parse_runtime_config(b"{}").unconfined == ()
    assert parse_runtime_config(b"{}").host_namespaces == ()
