"""What stays the same weakness while images come and go: a fix is a new image, so who deals with a finding deals with it in all
images of its repository. Compares nothing and stores nothing."""

from __future__ import annotations

from periderm.engines.vulnerability.base_move import weakness
from periderm.model.asset import Asset, Image
from periderm.model.finding import Finding
from periderm.model.ids import stable_id


def repository_of(reference: str) -> str:
    """The reference without its tag and digest ('registry:5000/team/web:1.2@sha256:…' is 'registry:5000/team/web')."""
    name = reference.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def place_of(asset: Asset | None, asset_id: str) -> str:
    """Where a weakness is dealt with: an image's repository, else the asset itself."""
    if isinstance(asset, Image) and asset.name and not asset.name.startswith("sha256:"):
        return repository_of(asset.name) or asset_id
    return asset_id


def risk_id(finding: Finding, place: str) -> str:
    """Of the weakness in that place: a vulnerability of a source package wherever it lies, anything else by what found it and
    where."""
    if finding.vulnerability is not None:
        return stable_id("rsk", place, weakness(finding.vulnerability))
    return stable_id("rsk", place, finding.detector, finding.package, finding.location)
