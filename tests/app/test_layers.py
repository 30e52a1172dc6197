"""What each layer brought."""

from __future__ import annotations

import msgspec

from periderm.app.layers import layers_of
from periderm.model.image import ImageConfig
from tests.scanned import findings, inventory


def test_each_layer_has_its_step_size_packages_and_findings() -> None:
    """Steps that made no layer are passed over; the base is told apart."""
    layers = layers_of(inventory(), findings(10**18))
    assert [layer.size for layer in layers] == [78_000_000, 96_000_000, 41_000_000, 9_000_000]
    assert [layer.packages for layer in layers] == [4, 3, 3, 1]
    assert [layer.base for layer in layers] == [True, False, False, False]
    assert layers[2].created_by.startswith("RUN pip install")
    assert layers[1].findings == {"critical": 1, "high": 1}
    assert sum(sum(layer.findings.values()) for layer in layers) == 9


def test_what_is_not_known_is_not_made_up() -> None:
    """Another number of steps or sizes than layers: then none is given."""
    told = msgspec.structs.replace(inventory(), layer_sizes=(1, 2), config=ImageConfig())
    layers = layers_of(told, ())
    assert {(layer.size, layer.created_by, layer.base) for layer in layers} == {(-1, "", None)}


def test_a_finding_without_a_layer_counts_where_its_package_is() -> None:
    """By its package URL; one of neither counts nowhere."""
    bare = [msgspec.structs.replace(f, layer="") for f in findings(10**18)]
    counted = sum(sum(layer.findings.values()) for layer in layers_of(inventory(), bare))
    assert counted == 8  # the secret has no package
