"""What of an image was never used."""

from __future__ import annotations

from periderm.model.slimming import Slimming, UnusedPackage


def test_what_others_need_cannot_be_left_out() -> None:
    """An unused package that one in use depends on is told and is not removable."""
    alone = UnusedPackage(name="a", version="1", purl="pkg:deb/a@1", type="deb")
    needed = UnusedPackage(name="b", version="1", purl="pkg:deb/b@1", type="deb", needed_by=("c",))
    found = Slimming(image_digest="sha256:1", reference="", since=0, until=1, packages=(alone, needed))
    assert found.removable == (alone,)
