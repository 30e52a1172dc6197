"""Small CSAF documents in the shape of the vendors' own, written for these tests."""

from __future__ import annotations

import json
from typing import Any

from periderm.model.advisory import Affected


class Vex:
    """A document to which platforms, components and statements are added."""

    def __init__(self, vendor: str, namespace: str, cve: str = "CVE-2024-0001") -> None:
        self.cve = cve
        self._vendor = vendor
        self._namespace = namespace
        self._branches: list[dict[str, Any]] = []
        self._relations: list[dict[str, Any]] = []
        self.status: dict[str, list[str]] = {}
        self.remediations: list[dict[str, Any]] = []
        self.threats: list[dict[str, Any]] = []
        self.scores: list[dict[str, Any]] = []
        self.description = "A flaw in shop."

    def platform(self, name: str, cpe: str = "") -> str:
        """A release."""
        helper = {"product_identification_helper": {"cpe": cpe}} if cpe else {}
        self._branches.append(
            {"category": "product_name", "name": name, "product": {"name": name, "product_id": name, **helper}}
        )
        return name

    def component(self, identity: str, purl: str) -> str:
        """A build or a package."""
        product = {"name": identity, "product_id": identity, "product_identification_helper": {"purl": purl}}
        self._branches.append({"category": "product_version", "name": identity, "product": product})
        return identity

    def say(self, word: str, platform: str, identity: str, purl: str) -> str:
        """A statement about a component on a platform; the product id that it is about."""
        self.component(identity, purl)
        product = f"{platform}:{identity}"
        self._relations.append(
            {
                "category": "default_component_of",
                "product_reference": identity,
                "relates_to_product_reference": platform,
                "full_product_name": {"name": product, "product_id": product},
            }
        )
        self.status.setdefault(word, []).append(product)
        return product

    def bytes(self) -> bytes:
        """The document."""
        family = {"category": "product_family", "name": "all", "branches": self._branches}
        return json.dumps(
            {
                "document": {
                    "category": "csaf_vex",
                    "title": "shop: a flaw",
                    "publisher": {"name": self._vendor, "namespace": self._namespace},
                    "tracking": {
                        "id": self.cve,
                        "initial_release_date": "2024-01-02T00:00:00+00:00",
                        "current_release_date": "2024-02-03T00:00:00+00:00",
                    },
                    "notes": [{"category": "description", "text": self.description}],
                    "references": [{"category": "self", "url": "https://vendor.example/1"}],
                },
                "product_tree": {
                    "branches": [{"category": "vendor", "name": self._vendor, "branches": [family]}],
                    "relationships": self._relations,
                },
                "vulnerabilities": [
                    {
                        "cve": self.cve,
                        "cwe": {"id": "CWE-120"},
                        "product_status": self.status,
                        "remediations": self.remediations,
                        "threats": self.threats,
                        "scores": self.scores,
                    }
                ],
            }
        ).encode()


def by_name(affected: tuple[Affected, ...]) -> dict[str, Affected]:
    """'ECOSYSTEM/NAME' or 'ECOSYSTEM/NAME::MODULE' to what is said."""
    return {f"{a.package.ecosystem}/{a.package.name}" + (f"::{a.module}" if a.module else ""): a for a in affected}
