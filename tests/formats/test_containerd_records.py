"""containerd's values, as containerd 1.6 wrote them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.containerd_records import (
    is_digest,
    is_name,
    labels_of,
    merged_labels,
    parse_image,
    parse_manifest,
)
from periderm.model.errors import FormatError

CONFIG = "sha256:0d851ac57b974b08f1c09b068c634e94c8859318b37f89f2db9b069288502991"
LAYER = "sha256:4ef32027ea3a93671b8a4236dec8592375de5803c3d7bbce4ed4c52d43062c17"


def test_a_manifest_names_its_configuration() -> None:
    """The digest by which an image is known everywhere else."""
    manifest = parse_manifest(f'{{"config":{{"digest":"{CONFIG}"}},"layers":[{{"digest":"{LAYER}","size":7}}]}}'.encode())
    assert manifest.config.digest == CONFIG
    assert [layer.size for layer in manifest.layers] == [7]
    assert manifest.manifests == []


def test_an_index_names_manifests_by_platform() -> None:
    """One for each machine."""
    data = f'{{"manifests":[{{"digest":"{LAYER}","platform":{{"architecture":"arm64","os":"linux"}}}}]}}'
    (entry,) = parse_manifest(data.encode()).manifests
    assert (entry.platform.os, entry.platform.architecture) == ("linux", "arm64")


def test_annotations_of_the_cri_speak_kubelets_words() -> None:
    """Labels of the record go before annotations of the runtime."""
    merged = merged_labels(
        {"io.kubernetes.pod.name": "web-0", "tier": "front"},
        {"io.kubernetes.cri.sandbox-name": "other", "io.kubernetes.cri.sandbox-namespace": "shop", "x": "y"},
    )
    assert merged == {
        "io.kubernetes.pod.name": "web-0",
        "io.kubernetes.pod.namespace": "shop",
        "tier": "front",
        "x": "y",
    }


def test_labels_that_are_not_utf8_are_shown_replaced() -> None:
    """Never an error: one bad label must not hide a container."""
    assert labels_of({b"a": b"\xff"}) == {"a": "\ufffd"}


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "../x", "-x", "x-", "a b", "é", "x" * 300, "a\n"])
def test_names_that_could_lead_elsewhere_are_refused(text: str) -> None:
    """Names become parts of paths."""
    assert not is_name(text)


def test_names_and_digests_that_are_used_are_known() -> None:
    """What ctr, nerdctl and kubelet make."""
    assert all(is_name(name) for name in ("web-1", "k8s.io", "a" * 64, "x", "A_b.c"))
    assert is_digest(CONFIG)
    assert not is_digest("sha256:../../x")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_an_error(data: bytes) -> None:
    """No other outcome."""
    for parse in (parse_manifest, parse_image):
        with contextlib.suppress(FormatError):
            parse(data)


def test_an_images_labels_are_read() -> None:
    """None where there are none."""
    assert parse_image(b'{"config":{"Labels":{"a":"b"}}}').labels == {"a": "b"}
    assert parse_image(b"{}").labels == {}
