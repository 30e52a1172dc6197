"""Docker's records in their documented form."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.docker_records import is_id, parse_container, parse_host_config, parse_image, parse_repositories
from periderm.model.errors import FormatError

ID = "86199ab4c77bb43a21bef6b7e711bed3c30baa7dc50de3182de3c73d2ba116b7"
DIGEST = "sha256:90801a9127664f213bd95dd2ca98c0294928d269dbeaa0f776359e3781f78526"
RECORD = {
    "StreamConfig": {},
    "State": {"Running": True, "Paused": False, "Pid": 12680, "StartedAt": "2019-03-07T03:59:12.405871518Z"},
    "ID": ID,
    "Created": "2019-03-07T03:59:11.534433546Z",
    "Managed": False,
    "Path": "npm",
    "Args": ["run", "watch"],
    "Config": {"Hostname": "x", "User": "node", "Image": "shop:1", "Labels": {"com.docker.compose.service": "web"}},
    "Image": DIGEST,
    "Name": "/shop-web-1",
    "MountPoints": {
        "/data": {"Source": "/srv/data", "Destination": "/data", "Type": "bind"},
        "/t": {"Source": "", "Destination": "/t"},
    },
}


def test_a_container_is_read() -> None:
    """Name without its slash, command, image, labels and what the host lends."""
    container = parse_container(json.dumps(RECORD).encode())
    assert container.title == "shop-web-1"
    assert container.command == ("npm", "run", "watch")
    assert container.image_digest == DIGEST
    assert container.config.image == "shop:1"
    assert container.config.user == "node"
    assert container.config.labels == {"com.docker.compose.service": "web"}
    assert container.state.pid == 12680
    assert container.mounts == ("/srv/data:/data",)


@pytest.mark.parametrize("change", [{"ID": "../x"}, {"ID": ""}, {"ID": None}, {"State": 7}, {"Args": {"a": 1}}])
def test_a_record_that_docker_never_writes_is_refused(change: dict[str, object]) -> None:
    """With FormatError and nothing else; an id that could lead elsewhere too."""
    with pytest.raises(FormatError):
        parse_container(json.dumps({**RECORD, **change}).encode())


def test_an_image_that_is_no_digest_is_unknown() -> None:
    """Nothing that is not a digest becomes one."""
    assert parse_container(json.dumps({**RECORD, "Image": "shop:1"}).encode()).image_digest == ""


def test_names_of_images_are_gathered_by_digest() -> None:
    """Tags go before digests; what is no digest is left out."""
    data = {"Repositories": {"shop": {"shop@sha256:1": DIGEST, "shop:2": DIGEST, "shop:1": DIGEST, "bad": "../../x"}}}
    assert parse_repositories(json.dumps(data).encode()) == {DIGEST: ("shop:1", "shop:2", "shop@sha256:1")}
    assert parse_repositories(b'{"Repositories":{}}') == {}


def test_an_image_and_a_host_configuration_are_read() -> None:
    """Labels may be missing altogether."""
    assert parse_image(b'{"created":"x","config":{"Labels":{"a":"b"}},"rootfs":{"diff_ids":["sha256:1"]}}').labels == {"a": "b"}
    assert parse_image(b'{"config":null}').labels == {}
    assert parse_host_config(b'{"Privileged":true,"Binds":null}').privileged


def test_ids_are_64_hex_digits() -> None:
    """Nothing else becomes part of a path."""
    assert is_id(ID)
    assert not is_id(ID + "\n")
    assert not is_id("../" + ID[3:])


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_an_error(data: bytes) -> None:
    """No other outcome, for any of the files."""
    for parse in (parse_container, parse_host_config, parse_repositories, parse_image):
        with contextlib.suppress(FormatError):
            parse(data)


def test_what_was_asked_for_is_read() -> None:
    """Capabilities with and without their prefix, namespaces of the host, devices, and both spellings of options."""
    config = parse_host_config(
        b"""{"CapAdd":["SYS_ADMIN","CAP_BPF"],"PidMode":"host","NetworkMode":"bridge","IpcMode":"private","UTSMode":"host",
        "SecurityOpt":["seccomp=unconfined","apparmor:unconfined","label=disable","no-new-privileges"],
        "Devices":[{"PathOnHost":"/dev/sda"}],"Privileged":false}"""
    )
    assert config.capabilities == ("CAP_BPF", "CAP_SYS_ADMIN")
    assert config.host_namespaces == ("pid", "uts")
    assert config.lent_devices == ("/dev/sda",)
    assert config.unconfined == ("seccomp", "apparmor", "selinux")
    assert parse_host_config(b'{"Privileged":true}').unconfined == ("masked-paths",)


def test_mounts_say_whether_they_can_be_written() -> None:
    """`RW` of a mount point."""
    points = b'{"a":{"Source":"/","Destination":"/h","RW":false},"b":{"Source":"/srv","Destination":"/d","RW":true}}'
    record = parse_container(b'{"ID":"' + b"a" * 64 + b'","MountPoints":' + points + b"}")
    assert record.mount_sources == ("/:/h:ro", "/srv:/d:rw")


def test_published_ports_are_told() -> None:
    """With the address of the host, all if there is none; a port that docker chooses is not known here."""
    bindings = {"80/tcp": [{"HostIp": "", "HostPort": "8080"}, {"HostIp": "::1", "HostPort": ""}], "53/udp": None}
    asked = parse_host_config(json.dumps({"PortBindings": bindings}).encode())
    assert asked.published == ("0.0.0.0:8080->80/tcp", "[::1]:*->80/tcp")
