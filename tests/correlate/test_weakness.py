"""What is the same weakness in two images."""

from __future__ import annotations

import msgspec
import pytest

from periderm.correlate.weakness import place_of, repository_of, risk_id
from tests.ports.plugs import container, finding, image
from tests.scanned import findings


@pytest.mark.parametrize(
    ("reference", "repository"),
    [
        ("web", "web"),
        ("web:1.2", "web"),
        ("registry.test:5000/team/web", "registry.test:5000/team/web"),
        ("registry.test:5000/team/web:1.2@sha256:aa", "registry.test:5000/team/web"),
        ("localhost/web@sha256:aa", "localhost/web"),
        ("", ""),
    ],
)
def test_a_repository_is_the_reference_without_its_version(reference: str, repository: str) -> None:
    """The port of a registry is no tag."""
    assert repository_of(reference) == repository


def test_an_image_is_dealt_with_in_its_repository() -> None:
    """What has no name, or is no image, stands for itself."""
    assert place_of(image(1, name="shop:1"), "img-1") == "shop"
    assert place_of(image(1, name="sha256:aa"), "img-1") == "img-1"
    assert place_of(container(1), "ctr-1") == "ctr-1"
    assert place_of(None, "x") == "x"


def test_a_new_image_has_the_same_weakness() -> None:
    """By vulnerability and source package, not by the image or the package's version; in another repository it is another."""
    old, new = (next(f for f in findings(10**18, number) if f.vulnerability is not None) for number in (0, 2))
    assert old.id != new.id
    assert risk_id(old, "shop/web") == risk_id(new, "shop/web") != risk_id(new, "shop/api")
    secret = finding(1, location="/srv/.env")
    assert risk_id(secret, "s") == risk_id(msgspec.structs.replace(secret, id="other", asset_id="img-2"), "s")
    assert risk_id(secret, "s") != risk_id(msgspec.structs.replace(secret, location="/srv/x"), "s")
