"""Podman's records, as podman 4.3 wrote them."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.podman_records import (
    LibpodConfig,
    StoredContainer,
    StoredLayer,
    big_data_name,
    chain,
    image_name_of,
    image_size,
    is_id,
    parse_containers,
    parse_image_facts,
    parse_images,
    parse_layers,
    parse_libpod_config,
    parse_libpod_state,
    parse_storage_conf,
)
from periderm.model.errors import FormatError

ID = "7332ea17d81aa3136a892be7c2d98ae3b0464c7a624818a1bcdd7151fdacff0d"
IMAGE = "4dce4f5dc271cec86bf64cafccc6643ae0c8f90095ddc77bcad3edc57b4c3939"
CONTAINER = {
    "id": ID,
    "names": ["web-1"],
    "image": IMAGE,
    "layer": "a" * 64,
    "metadata": json.dumps({"image-name": "localhost/shop:1", "image-id": IMAGE, "name": "web-1", "created-at": 1795313119}),
    "created": "2026-11-22T02:05:19.947119624Z",
    "flags": {"MountLabel": "", "ProcessLabel": ""},
}


def test_a_container_is_read_with_its_image_and_name() -> None:
    """The metadata inside the record is JSON in a string."""
    (container,) = parse_containers(json.dumps([CONTAINER]).encode())
    assert (container.id, container.image, container.layer) == (ID, IMAGE, "a" * 64)
    assert image_name_of(container) == ("localhost/shop:1", "web-1")


def test_broken_metadata_leaves_the_name() -> None:
    """What cannot be read is unknown, not an error: the rest of the record still stands."""
    assert image_name_of(StoredContainer(id=ID, names=["web"], metadata="{")) == ("", "web")
    assert image_name_of(StoredContainer(id=ID, metadata="[]")) == ("", "")


@pytest.mark.parametrize("identity", ["../../etc", "", "A" * 64, "a" * 63, "a" * 64 + "\n", "a" * 64 + "/x"])
def test_an_id_that_could_lead_elsewhere_is_left_out(identity: str) -> None:
    """Ids become parts of paths."""
    assert not is_id(identity)
    assert parse_containers(json.dumps([{**CONTAINER, "id": identity}]).encode()) == ()
    assert parse_images(json.dumps([{"id": identity, "names": ["x"]}]).encode()) == ()


def test_images_without_a_name_are_read() -> None:
    """Go writes null for no names."""
    (image,) = parse_images(json.dumps([{"id": IMAGE, "names": None, "layer": "b"}]).encode())
    assert image.names is None


def test_the_size_of_an_image_is_that_of_its_layers() -> None:
    """A loop of layers ends, and a size below zero counts nothing."""
    layers = parse_layers(
        b'[{"id":"a","diff-size":5},{"id":"b","parent":"a","diff-size":7},{"id":"c","parent":"d","diff-size":-1},{"id":"d","parent":"c","diff-size":1}]'
    )
    (image,) = parse_images(json.dumps([{"id": IMAGE, "layer": "b"}]).encode())
    assert chain("b", layers) == ("b", "a")
    assert image_size(image, layers) == 12
    assert chain("c", layers) == ("c", "d")
    assert chain("x", layers) == ()
    assert chain("a", {"a": StoredLayer("a", "a")}) == ("a",)


def test_libpods_own_words_are_read() -> None:
    """The configuration and the state of a container in the database."""
    data = json.dumps(
        {"id": ID, "name": "web", "rootfsImageID": IMAGE, "rootfsImageName": "i:1", "labels": {"a": "b"}, "privileged": True}
    )
    config = parse_libpod_config(data.encode())
    assert config == LibpodConfig(id=ID, name="web", image_id=IMAGE, image_name="i:1", labels={"a": "b"}, privileged=True)
    state = parse_libpod_state(b'{"state":3,"pid":42,"startedTime":"2026-11-22T02:05:20Z"}')
    assert (state.state, state.pid) == (3, 42)


def test_an_images_labels_are_read() -> None:
    """From the OCI configuration; an image may have none."""
    assert dict(parse_image_facts(b'{"created":"x","config":{"Labels":{"a":"b"}}}').labels) == {"a": "b"}
    assert dict(parse_image_facts(b'{"config":{"Labels":null}}').labels) == {}


def test_names_of_big_data_are_podmans() -> None:
    """Seen on a real storage: the configuration's file, and plain names."""
    assert big_data_name(f"sha256:{IMAGE}").startswith("=c2hhMjU2OjRkY2U0ZjVk")
    assert big_data_name("manifest") == "manifest"
    assert big_data_name("../x").startswith("=")


def test_storage_conf_says_where() -> None:
    """Comments, and a file that says nothing."""
    assert parse_storage_conf(b'[storage]\n# x\ngraphroot = "/data"\nrunroot = "/run/x"\n') == ("/data", "/run/x")
    assert parse_storage_conf(b"") == ("", "")
    assert parse_storage_conf(b"[storage]\ngraphroot = 5\n") == ("", "")
    with pytest.raises(FormatError):
        parse_storage_conf(b"storage = 1\n")
    with pytest.raises(FormatError):
        parse_storage_conf(b"[storage\n")


PARSERS = (
    parse_containers,
    parse_images,
    parse_layers,
    parse_libpod_config,
    parse_libpod_state,
    parse_image_facts,
    parse_storage_conf,
)


@pytest.mark.parametrize("data", [b"", b"{", b"7", b'[{"id":7}]', b"[" * 100_000, b"\xff"])
def test_what_podman_never_writes_is_refused(data: bytes) -> None:
    """With FormatError and nothing else."""
    with pytest.raises(FormatError):
        parse_containers(data)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "names", "layer", "labels", "config"]), x, max_size=3)
        ),
    ).map(lambda v: json.dumps(v).encode())
)
def test_any_bytes_give_records_or_an_error(data: bytes) -> None:
    """No other outcome, for any of the files."""
    for parse in PARSERS:
        with contextlib.suppress(FormatError):
            parse(data)


def test_published_ports_are_told() -> None:
    """As podman 4.3 wrote them for `-p 127.0.0.1:18080-18081:80-81`; without an address all are meant."""
    ports = [
        {"host_ip": "127.0.0.1", "container_port": 80, "host_port": 18080, "range": 2, "protocol": "tcp"},
        {"container_port": 53, "host_port": 53, "range": 1, "protocol": "udp"},
        {"host_ip": "::1", "container_port": 1, "host_port": 2, "range": 1, "protocol": "tcp"},
    ]
    config = parse_libpod_config(json.dumps({"id": "a" * 64, "newPortMappings": ports}).encode())
    assert config.published == ("127.0.0.1:18080-18081->80/tcp", "0.0.0.0:53->53/udp", "[::1]:2->1/tcp")
    assert parse_libpod_config(b'{"id": "a"}').published == ()
