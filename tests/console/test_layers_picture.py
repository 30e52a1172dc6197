"""The picture of layers: shares add up, nothing lies outside, many layers become few parts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.app.layers import LayerStory, layers_of
from periderm.console.layers_picture import MOST, WHOLE, layers_picture
from tests.scanned import findings, inventory

grades = st.dictionaries(st.sampled_from(["critical", "high", "medium", "low", "informational"]), st.integers(1, 500))
layer = st.builds(
    LayerStory,
    number=st.just(1),
    digest=st.just("sha256:x"),
    size=st.integers(0, 10**12),
    packages=st.integers(0, 5000),
    findings=grades,
    base=st.sampled_from([True, False, None]),
)


@given(st.lists(layer, max_size=60))
@settings(max_examples=60, deadline=None)
def test_parts_stand_side_by_side_within_the_bar(layers: list[LayerStory]) -> None:
    """In the order of the layers, without gaps; the severities of a part fill it."""
    picture = layers_picture(layers)
    assert len(picture.groups) <= MOST
    for bar in picture.bars:
        assert len(bar.parts) == len(picture.groups)
        x = 0.0
        for part in bar.parts:
            assert abs(part.x - x) < 0.1
            assert part.width >= 0
            assert (part.width > 0) == (part.value > 0)
            assert abs(sum(width for _, _, width in part.grades) - (part.width if part.grades else 0)) < 0.1
            x = part.x + part.width
        assert x <= WHOLE + 0.1
        assert bar.total == sum(part.value for part in bar.parts)


@given(st.integers(1, 300))
@settings(max_examples=20, deadline=None)
def test_every_layer_is_in_one_group(count: int) -> None:
    """However many there are."""
    layers = [LayerStory(number=n + 1, digest=str(n), size=n % 7, packages=n % 3, base=n < 5) for n in range(count)]
    groups = layers_picture(layers).groups
    covered = [n for g in groups for n in range(g.first, g.last + 1)]
    assert covered == list(range(1, count + 1))


def test_a_real_image_has_three_bars() -> None:
    """Size, packages, findings; without known sizes two."""
    layers = layers_of(inventory(), findings(10**18))
    assert [bar.what for bar in layers_picture(layers).bars] == ["size", "packages", "findings"]
    unknown = [LayerStory(number=1, digest="x", packages=3)]
    assert [bar.what for bar in layers_picture(unknown).bars] == ["packages"]
    assert layers_picture([]).bars == ()
