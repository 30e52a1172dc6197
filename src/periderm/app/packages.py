"""Where a package is: the search across everything that was scanned."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.model.places import PackagePlace
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query


def search_packages(app: Application, who: Principal, query: Query) -> Page[PackagePlace]:
    """A page of packages with the images that hold them; `query.text` is a part of the name or package URL, '=NAME' the
    whole name."""
    require(who, Permission.READ)
    return app.store.packages(query)
