"""What a person does with weaknesses: list them and read one."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.model.errors import NotFoundError
from periderm.model.finding import Finding
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query


def list_findings(app: Application, who: Principal, query: Query) -> Page[Finding]:
    """A page of findings."""
    require(who, Permission.READ)
    return app.store.findings(query)


def show_finding(app: Application, who: Principal, finding_id: str) -> Finding:
    """One finding. Raises NotFoundError."""
    require(who, Permission.READ)
    finding = app.store.finding(finding_id)
    if finding is None:
        raise NotFoundError(
            f"There is no finding {finding_id!r}; it may be fixed.", "`periderm findings` lists those that exist."
        )
    return finding
