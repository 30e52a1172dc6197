"""An observation of the Kubernetes audit log: who asked the API server for what. Engines for it come later; the type is
here so that packs, history and detectors can name it.

Field names follow `audit.k8s.io/v1` Event (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/).
"""

from __future__ import annotations

import msgspec


class AuditObject(msgspec.Struct, frozen=True, kw_only=True):
    """`objectRef`: what the request was about."""

    resource: str = ""
    namespace: str = ""
    name: str = ""
    api_group: str = ""
    api_version: str = ""
    subresource: str = ""


class KubeAudit(msgspec.Struct, frozen=True, kw_only=True, tag="kube-audit"):
    """One audit event at its last stage. Times are Unix nanoseconds; `code` is the HTTP status of the response."""

    audit_id: str
    time: int
    verb: str
    user: str
    groups: tuple[str, ...] = ()
    source_ips: tuple[str, ...] = ()
    user_agent: str = ""
    request_uri: str = ""
    object: AuditObject = AuditObject()
    code: int = 0
    stage: str = ""
    impersonated: str = ""
    annotations: dict[str, str] = {}
