"""The observation of an audit log, before any engine for it."""

from __future__ import annotations

import msgspec

from periderm.model.kube_audit import AuditObject, KubeAudit


def test_it_has_a_kind_of_its_own() -> None:
    """It can stand beside other observations in one list, and is read back whole."""
    seen = KubeAudit(
        audit_id="a", time=1, verb="create", user="system:anonymous", groups=("system:unauthenticated",),
        object=AuditObject(resource="pods", subresource="exec", name="shop"), code=403,
    )  # fmt: skip
    data = msgspec.json.encode(seen)
    assert b'"type":"kube-audit"' in data
    assert msgspec.json.decode(data, type=KubeAudit) == seen
