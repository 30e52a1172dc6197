"""Our records as OCSF 1.5.0 events: the classes, their required attributes and constraints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.correlate.incident import build
from periderm.formats.ocsf.export import to_ocsf
from periderm.model.finding import FindingKind
from periderm.model.incident import Incident, IncidentState
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from tests import strategies
from tests.correlate.cases import DROPPED_RUN, SECRET, SHADOW_READ, STORY

change = msgspec.structs.replace

# From the published schema (schema.ocsf.io/1.5.0): what each class requires, and the classes' own attributes of ours.
BASE = {"class_uid", "category_uid", "type_uid", "activity_id", "time", "severity_id", "metadata"}
REQUIRED = {
    2002: BASE | {"finding_info", "vulnerabilities"},
    2003: BASE | {"finding_info", "compliance"},
    2004: BASE | {"finding_info"},
    2005: BASE | {"finding_info_list", "status_id"},
    2006: BASE | {"finding_info"},
}
COMMON = BASE | {"severity", "message", "status_id", "count", "start_time", "end_time"}
FINDING = COMMON | {"finding_info", "resources", "confidence_id"}
ALLOWED = {
    2002: FINDING | {"vulnerabilities"},
    2003: FINDING | {"compliance", "remediation"},
    2004: FINDING | {"evidences", "is_alert", "remediation"},
    2005: COMMON | {"finding_info_list", "attacks", "desc", "verdict_id", "assignee_group"},
    2006: FINDING | {"file"},
}
# Objects by the attribute that holds them: required attributes, and sets of which at least one must be there.
OBJECTS: dict[str, tuple[set[str], set[str]]] = {
    "metadata": ({"version", "product"}, set()),
    "product": (set(), {"name", "uid"}),
    "finding_info": ({"uid"}, set()),
    "finding_info_list": ({"uid"}, set()),
    "analytic": ({"type_id"}, {"name", "uid"}),
    "attacks": (set(), {"tactic", "technique", "sub_technique"}),
    "tactic": (set(), {"name", "uid"}),
    "technique": (set(), {"name", "uid"}),
    "sub_technique": (set(), {"name", "uid"}),
    "evidences": (set(), {"process", "file", "data"}),
    "process": (set(), {"pid", "uid"}),
    "parent_process": (set(), {"pid", "uid"}),
    "user": (set(), {"name", "uid"}),
    "file": ({"name", "type_id"}, set()),
    "container": (set(), {"name", "uid"}),
    "image": ({"uid"}, set()),
    "resources": (set(), {"name", "uid"}),
    "remediation": ({"desc"}, set()),
    "compliance": (set(), {"status_id"}),
    "vulnerabilities": (set(), {"cve", "advisory"}),
    "cve": ({"uid"}, set()),
    "advisory": ({"uid"}, set()),
    "assignee_group": (set(), {"name", "uid"}),
    "data": (set(), set()),
}


def objects(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object inside an event with the attribute that holds it; what is in `data` is nobody's business."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from objects(one, name)
    elif isinstance(value, dict):
        yield name, value
        if name != "data":
            for key, inner in value.items():
                yield from objects(inner, key)


def check(event: dict[str, Any]) -> None:
    """The rules of OCSF that concern us."""
    class_uid = event["class_uid"]
    assert set(event) >= REQUIRED[class_uid]
    assert set(event) <= ALLOWED[class_uid]
    assert event["category_uid"] == 2
    assert event["type_uid"] == class_uid * 100 + event["activity_id"]
    assert event["severity_id"] in range(6)
    assert event["metadata"]["version"] == "1.5.0"
    for name, value in objects(event):
        if name:
            required, some = OBJECTS[name]
            assert required <= set(value), name
            assert not some or some & set(value), name
    for vulnerability in event.get("vulnerabilities", ()):
        assert len({"cve", "advisory", "cwe"} & set(vulnerability)) == 1
    assert json.loads(json.dumps(event))


@given(st.one_of(strategies.alerts(), strategies.findings(), strategies.values(Incident)))
@settings(deadline=None, max_examples=150)
def test_every_record_becomes_a_valid_event(record: Any) -> None:
    """Whatever is in a record, the event has what its class requires, nothing it does not know, and is JSON."""
    check(to_ocsf(record, product_version="1"))


@pytest.mark.parametrize(
    ("kind", "class_uid"),
    [
        (FindingKind.SECRET, 2006),
        (FindingKind.CONFIGURATION, 2003),
        (FindingKind.VULNERABILITY, 2002),
        (FindingKind.NOT_EXAMINED, 2003),
        (FindingKind.MALWARE, 2004),
    ],
)
def test_findings_have_their_class(kind: FindingKind, class_uid: int) -> None:
    """Each kind of finding is of the class that consumers look for."""
    event = to_ocsf(change(SECRET, kind=kind))
    assert event["class_uid"] == class_uid
    check(event)


def test_what_was_not_examined_did_not_fail() -> None:
    """A check that could not be made is a warning (2), a weakness is a failure (3)."""
    unknown = to_ocsf(change(SECRET, kind=FindingKind.NOT_EXAMINED))["compliance"]
    failed = to_ocsf(change(SECRET, kind=FindingKind.CONFIGURATION))["compliance"]
    assert (unknown["status_id"], failed["status_id"]) == (2, 3)


def test_malware_is_classified() -> None:
    """By the rules that matched; what is suspicious by its place alone has no malware object."""
    message = Text("srv/x (script): Find a web shell (CON-001); our tool (yara:own).", "")
    told = to_ocsf(change(SECRET, kind=FindingKind.MALWARE, location="srv/x", message=message))["malware"]
    assert [(m["classification_ids"], m["name"], m["uid"], m["path"]) for m in told] == [
        ((20,), "Find a web shell", "CON-001", "/srv/x"),
        ((0,), "our tool", "yara:own", "/srv/x"),
    ]
    assert "malware" not in to_ocsf(change(SECRET, kind=FindingKind.MALWARE, message=Text("tmp/x is odd.", "")))


def test_an_alert_tells_who_did_what_where() -> None:
    """Times in milliseconds, the process with its parents, the container, the technique under its tactic."""
    alert = change(DROPPED_RUN, time=12 * 10**9, last_time=15 * 10**9, count=3, evidence={"mark": "x"})
    event = to_ocsf(alert, product_version="0.1.0")
    assert (event["time"], event["start_time"], event["end_time"], event["count"]) == (12_000, 12_000, 15_000, 3)
    assert event["activity_id"] == 2
    (evidence,) = event["evidences"]
    process = evidence["process"]
    assert (process["name"], process["file"]["path"]) == ("kworkerd", "/tmp/kworkerd")
    assert process["parent_process"]["parent_process"]["name"] == "nginx"
    assert evidence["container"] == {"uid": "abcdef", "name": "shop-web", "image": {"uid": "sha256:1"}}
    assert evidence["data"] == {"mark": "x", "object": "/tmp/kworkerd"}
    pairs = [(one["tactic"]["uid"], one["technique"]["uid"]) for one in event["finding_info"]["attacks"]]
    assert pairs == [("TA0011", "T1105"), ("TA0005", "T1036")]
    assert event["metadata"]["product"] == {"name": "Periderm", "vendor_name": "Periderm", "version": "0.1.0"}


def test_a_sub_technique_stands_below_its_technique() -> None:
    """T1003.008 is the sub-technique of T1003."""
    first = to_ocsf(SHADOW_READ)["finding_info"]["attacks"][0]
    assert first["technique"] == {"uid": "T1003", "name": "OS Credential Dumping"}
    assert first["sub_technique"] == {"uid": "T1003.008", "name": "/etc/passwd and /etc/shadow"}


def test_a_cve_is_named_where_one_is_known() -> None:
    """A finding that names a CVE carries it, another one an advisory, never both."""
    known = change(SECRET, kind=FindingKind.VULNERABILITY, detector="CVE-2021-4034")
    assert to_ocsf(known)["vulnerabilities"][0]["cve"] == {"uid": "CVE-2021-4034"}
    unknown = change(SECRET, kind=FindingKind.VULNERABILITY)
    assert to_ocsf(unknown)["vulnerabilities"][0]["advisory"] == {"uid": "IMG-1"}


@pytest.mark.parametrize(
    ("location", "path"),
    [("etc/shadow", "/etc/shadow"), ("/app/.env", "/app/.env"), ("env:TOKEN", ""), ("history:3", ""), ("", "")],
)
def test_only_paths_are_files(location: str, path: str) -> None:
    """A secret in the environment or the history is in no file."""
    event = to_ocsf(change(SECRET, location=location))
    assert event.get("file", {}).get("path", "") == path


@pytest.mark.parametrize(
    ("state", "status", "activity"),
    [
        (IncidentState.NEW, 1, 1),
        (IncidentState.ACKNOWLEDGED, 2, 1),
        (IncidentState.RESOLVED, 4, 3),
        (IncidentState.FALSE_ALARM, 5, 3),
    ],
)
def test_an_incident_carries_its_chain_and_state(state: IncidentState, status: int, activity: int) -> None:
    """The steps are the finding infos, the state is OCSF's status, and a false alarm says so."""
    incident = change(build("inc-1", STORY), state=state)
    event = to_ocsf(incident)
    check(event)
    assert (event["status_id"], event["activity_id"]) == (status, activity)
    assert [one["uid"] for one in event["finding_info_list"]] == [step.alert_id for step in incident.chain]
    assert event.get("verdict_id") == (1 if state is IncidentState.FALSE_ALARM else None)
    assert [one["tactic"]["uid"] for one in event["attacks"]] == ["TA0001", "TA0006", "TA0011", "TA0040"]


def test_numbers_are_ocsf_s_own() -> None:
    """Severity and confidence map one to one."""
    assert [to_ocsf(change(SHADOW_READ, severity=one))["severity_id"] for one in Severity] == list(range(6))
    sure = {one: to_ocsf(change(SHADOW_READ, maturity=one))["confidence_id"] for one in Maturity}
    assert sure == {Maturity.EXPERIMENTAL: 1, Maturity.INCUBATING: 2, Maturity.STABLE: 3}
