"""The OCSF objects and the event that the export writes, with the names and requirements of OCSF 1.5.0.

Only attributes that we fill are here (https://schema.ocsf.io/1.5.0); which class has which is the export's business.
"""

from __future__ import annotations

import msgspec


class OcsfObject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An OCSF object: attributes that say nothing are left out."""


class Named(OcsfObject, frozen=True, kw_only=True):
    """`tactic`, `technique`, `sub_technique`, `user`, `group`, `image`: known by uid, name, or both."""

    uid: str | None = None
    name: str | None = None


class Attack(OcsfObject, frozen=True, kw_only=True):
    """`attack`: one technique under one tactic (`tactics`, the list, is deprecated since 1.1.0)."""

    version: str
    tactic: Named | None = None
    technique: Named | None = None
    sub_technique: Named | None = None


class Analytic(OcsfObject, frozen=True, kw_only=True):
    """`analytic`: the detector. `type_id` is required."""

    uid: str
    type_id: int
    name: str | None = None


class FindingInfo(OcsfObject, frozen=True, kw_only=True):
    """`finding_info`. `uid` is required; times are milliseconds."""

    uid: str
    title: str
    desc: str | None = None
    analytic: Analytic | None = None
    attacks: tuple[Attack, ...] = ()
    created_time: int | None = None
    first_seen_time: int | None = None
    last_seen_time: int | None = None


class Product(OcsfObject, frozen=True, kw_only=True):
    """`product`: ourselves."""

    name: str
    vendor_name: str
    version: str | None = None


class Metadata(OcsfObject, frozen=True, kw_only=True):
    """`metadata`. `version` is OCSF's and required, as is `product`."""

    version: str
    product: Product
    uid: str | None = None


class File(OcsfObject, frozen=True, kw_only=True):
    """`file`. `name` and `type_id` are required."""

    name: str
    type_id: int
    path: str | None = None


class Container(OcsfObject, frozen=True, kw_only=True):
    """`container`."""

    uid: str | None = None
    name: str | None = None
    image: Named | None = None


class Process(OcsfObject, frozen=True, kw_only=True):
    """`process`, with its parents inside."""

    pid: int
    uid: str
    name: str | None = None
    cmd_line: str | None = None
    file: File | None = None
    user: Named | None = None
    created_time: int | None = None
    terminated_time: int | None = None
    parent_process: Process | None = None


class Evidence(OcsfObject, frozen=True, kw_only=True):
    """`evidences`: at least a process. `data` is JSON of the source's own kind."""

    process: Process
    container: Container | None = None
    data: dict[str, str] | None = None


class Resource(OcsfObject, frozen=True, kw_only=True):
    """`resource_details`: the asset."""

    uid: str
    type: str | None = None
    name: str | None = None


class Remediation(OcsfObject, frozen=True, kw_only=True):
    """`remediation`. `desc` is required."""

    desc: str


class Compliance(OcsfObject, frozen=True, kw_only=True):
    """`compliance`: our own check, that no standard stands behind yet."""

    status_id: int
    control: str
    standards: tuple[str, ...]
    desc: str | None = None


class Package(OcsfObject, frozen=True, kw_only=True):
    """`affected_package` in the parts that a finding knows."""

    uid: str


class Vulnerability(OcsfObject, frozen=True, kw_only=True):
    """`vulnerability`: exactly one of `cve` and `advisory`."""

    title: str
    desc: str | None = None
    severity: str | None = None
    cve: Package | None = None
    advisory: Package | None = None
    remediation: Remediation | None = None


class Malware(OcsfObject, frozen=True, kw_only=True):
    """`malware`. `classification_ids` are required."""

    classification_ids: tuple[int, ...]
    name: str | None = None
    path: str | None = None
    uid: str | None = None
    provider: str | None = None


class Event(OcsfObject, frozen=True, kw_only=True):
    """What all five classes have in common. `type_uid` = class_uid * 100 + activity_id; `time` is milliseconds."""

    class_uid: int
    category_uid: int
    type_uid: int
    activity_id: int
    time: int
    severity_id: int
    metadata: Metadata
    severity: str
    message: str
    status_id: int
    finding_info: FindingInfo | None = None
    finding_info_list: tuple[FindingInfo, ...] = ()
    attacks: tuple[Attack, ...] = ()
    assignee_group: Named | None = None
    confidence_id: int | None = None
    count: int | None = None
    start_time: int | None = None
    end_time: int | None = None
    is_alert: bool | None = None
    evidences: tuple[Evidence, ...] = ()
    resources: tuple[Resource, ...] = ()
    remediation: Remediation | None = None
    compliance: Compliance | None = None
    vulnerabilities: tuple[Vulnerability, ...] = ()
    file: File | None = None
    malware: tuple[Malware, ...] = ()
    desc: str | None = None
    verdict_id: int | None = None
