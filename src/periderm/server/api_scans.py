"""The part of `/api/v1` about what scans found: images, packages, vulnerabilities, exceptions. Parses and asks `app`."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app import exemptions, images, packages, scan_again, vulnerabilities
from periderm.app.exemptions import ExemptionPreview, Listed
from periderm.app.images import ImageStory
from periderm.app.vulnerabilities import VulnerabilityStory
from periderm.model.exception import Exemption, Scope
from periderm.model.places import ImageState, PackagePlace, VulnerabilityPlaces
from periderm.model.principal import Principal
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1, listing, one

TEXT = f.COMMON[0]
PACKAGE_TEXT = f.Parameter("text", "Part of a name or package URL; `=NAME` is the whole name.")
TYPE = f.Parameter("kind", "Only of this package-url type (`deb`, `pypi`, `golang`, …).")
IMAGE_STATES = ("scanned", "failed", "unscanned", "running")
VULNERABILITY_STATES = ("exploited", "fixed", "running")


class NewExemption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a new exception. `expires` is Unix nanoseconds."""

    reason: str
    owner: str
    expires: int
    scope: Scope


def _exemption(call: Call) -> Exemption:
    given: NewExemption = decode_body(call, NewExemption)
    return Exemption(id="", reason=given.reason, owner=given.owner, expires=given.expires, scope=given.scope)


def _remove(call: Call) -> tuple[Listed, ...]:
    exemptions.remove_exemption(call.app, call.who, call.path["id"])
    return exemptions.list_exemptions(call.app, call.who)


def _vulnerability(app: Any, who: Principal, name: str) -> VulnerabilityStory:
    return vulnerabilities.show_vulnerability(app, who, name)


SCANS: tuple[Endpoint, ...] = (
    listing(
        "images",
        "Images with their state, last seen first.",
        ImageState,
        images.list_images,
        f.state(IMAGE_STATES),
        f.SEVERITY,
        f.IMAGE,
    ),
    one(
        "images",
        "An image, by digest or asset id: layers, findings by what to change, containers.",
        ImageStory,
        images.show_image,
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/images/{{id}}/scan",
        summary="Scan an image again; it waits in the queue as a new one does.",
        handle=lambda call: scan_again.scan_again(call.app, call.who, call.path["id"]),
        answer=ImageState,
        status=202,
        tag="images",
    ),
    listing(
        "vulnerabilities",
        "Vulnerabilities over everything, most urgent first.",
        VulnerabilityPlaces,
        vulnerabilities.list_vulnerabilities,
        f.state(VULNERABILITY_STATES),
        f.SEVERITY,
        f.IMAGE,
        common=(TEXT, *f.PAGING),
    ),
    one("vulnerabilities", "A vulnerability: where it is, and what ends it.", VulnerabilityStory, _vulnerability),
    listing(
        "packages",
        "Packages of everything that was scanned, by name, version and image.",
        PackagePlace,
        packages.search_packages,
        TYPE,
        f.IMAGE,
        common=(PACKAGE_TEXT, *f.PAGING),
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/exceptions",
        summary="Exceptions that were made in the store, the next to expire first.",
        handle=lambda call: exemptions.list_exemptions(call.app, call.who),
        answer=tuple[Listed, ...],
        tag="exceptions",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/exceptions/preview",
        summary="What an exception would hide now; nothing is stored.",
        handle=lambda call: exemptions.preview_exemption(call.app, call.who, _exemption(call)),
        answer=ExemptionPreview,
        body=NewExemption,
        tag="exceptions",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/exceptions",
        summary="Add an exception.",
        handle=lambda call: exemptions.add_exemption(call.app, call.who, _exemption(call)),
        answer=Exemption,
        body=NewExemption,
        status=201,
        tag="exceptions",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/exceptions/{{id}}",
        summary="Remove an exception; answers those that are left.",
        handle=_remove,
        answer=tuple[Listed, ...],
        tag="exceptions",
    ),
)
