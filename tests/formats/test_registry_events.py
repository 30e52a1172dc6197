"""What registries send: each sender's shape, what of it counts, and that nothing else can come in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.registry_events import LARGEST, MOST_EVENTS, parse
from periderm.model.errors import FormatError, LimitError
from periderm.model.watching import RegistryEvent, Sender

DIGEST = "sha256:" + "5" * 64
PUSHED = "application/vnd.oci.image.manifest.v1+json"


def distribution(*events: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Notifications as CNCF distribution sends them."""
    told = []
    for number, (action, target) in enumerate(events):
        source = {"addr": "registry:5000", "instanceID": "i"}
        request = {"id": "r", "addr": "10.0.0.9:1", "host": "registry.test:5000", "method": "PUT", "useragent": "x"}
        more = {"request": request, "actor": {}, "source": source}
        told.append({"id": f"e{number}", "timestamp": "2026-11-22T10:00:00Z", "action": action, "target": target, **more})
    return {"events": told}


def harbor(kind: str, *tags: str) -> dict[str, Any]:
    """Harbor's own format."""
    resources = [{"digest": DIGEST, "tag": tag, "resource_url": f"harbor.test/shop/web:{tag}"} for tag in tags]
    repository = {"date_created": 1, "name": "web", "namespace": "shop", "repo_full_name": "shop/web", "repo_type": "private"}
    return {"type": kind, "occur_at": 1, "operator": "admin", "event_data": {"resources": resources, "repository": repository}}


def cloud_event(kind: str, tag: str) -> dict[str, Any]:
    """Harbor's other format."""
    data = harbor("", tag)["event_data"]
    return {"specversion": "1.0", "id": "i", "source": "/projects/1", "type": kind, "operator": "admin", "data": data}


def github(key: str, kind: str, tag: str | None) -> dict[str, Any]:
    """The events `package` and `registry_package`."""
    version = {"id": 1, "version": DIGEST, "container_metadata": {"tag": {"digest": DIGEST, "name": tag}, "labels": None}}
    package = {"id": 1, "name": "Web", "namespace": "Shop", "ecosystem": kind, "package_type": kind, "package_version": version}
    return {"action": "published", key: package, "repository": {"full_name": "Shop/code"}, "sender": {"login": "ada"}}


def azure(action: str) -> dict[str, Any]:
    """Azure's webhook."""
    target = {"mediaType": PUSHED, "size": 524, "digest": DIGEST, "length": 524, "repository": "shop/web", "tag": "v1"}
    return {"id": "i", "timestamp": "t", "action": action, "target": target, "request": {"host": "r.test", "method": "PUT"}}


def ecr(action: str, result: str = "SUCCESS", kind: str = "ECR Image Action") -> dict[str, Any]:
    """An event of EventBridge."""
    detail = {"result": result, "repository-name": "shop/web", "image-digest": DIGEST, "action-type": action, "image-tag": "v1"}
    return {"version": "0", "detail-type": kind, "source": "aws.ecr", "region": "r", "resources": [], "detail": detail}


HUB = {
    "callback_url": "https://hub.test/hook/1/",
    "push_data": {"pushed_at": 1417566161, "pusher": "ada", "tag": "v1"},
    "repository": {"name": "web", "namespace": "shop", "repo_name": "shop/web", "repo_url": "https://hub.test/r/shop/web"},
}
QUAY = {"name": "web", "repository": "shop/web", "namespace": "shop", "docker_url": "quay.test/shop/web"}
V1, ALL = RegistryEvent("shop/web", "v1"), RegistryEvent("shop/web")
GONE = RegistryEvent("shop/web", "v1", True)
MANIFEST = {"mediaType": PUSHED, "digest": DIGEST, "size": 5, "repository": "shop/web"}
BLOB = {**MANIFEST, "mediaType": "application/octet-stream"}


@pytest.mark.parametrize(
    ("sender", "told", "events"),
    [
        (Sender.DISTRIBUTION, distribution(("push", {**MANIFEST, "tag": "v1"})), (V1,)),
        (Sender.DISTRIBUTION, distribution(("push", BLOB), ("pull", {**MANIFEST, "tag": "v1"}), ("push", MANIFEST)), (ALL,)),
        (Sender.DISTRIBUTION, distribution(("delete", {"repository": "shop/web", "tag": "v1"})), (GONE,)),
        (Sender.DISTRIBUTION, distribution(), ()),
        (Sender.HARBOR, harbor("PUSH_ARTIFACT", "v1", "v1"), (V1,)),
        (Sender.HARBOR, harbor("PUSH_ARTIFACT", DIGEST), (ALL,)),
        (Sender.HARBOR, harbor("DELETE_ARTIFACT", "v1"), (GONE,)),
        (Sender.HARBOR, harbor("PULL_ARTIFACT", "v1"), ()),
        (Sender.HARBOR, harbor("SCANNING_COMPLETED", "v1"), ()),
        (Sender.HARBOR, cloud_event("harbor.artifact.pushed", "v1"), (V1,)),
        (Sender.HARBOR, cloud_event("harbor.artifact.pulled", "v1"), ()),
        (Sender.DOCKER_HUB, HUB, (V1,)),
        (Sender.GITHUB, github("registry_package", "CONTAINER", "v1"), (V1,)),
        (Sender.GITHUB, github("package", "container", None), (ALL,)),
        (Sender.GITHUB, github("package", "npm", "v1"), ()),
        (Sender.GITHUB, {"zen": "Keep it simple.", "hook_id": 1}, ()),
        (Sender.QUAY, {**QUAY, "updated_tags": ["v1"]}, (V1,)),
        (Sender.QUAY, {**QUAY, "updated_tags": {"v1": "b750"}}, (V1,)),
        (Sender.QUAY, QUAY, (ALL,)),
        (Sender.AZURE, azure("push"), (V1,)),
        (Sender.AZURE, azure("delete"), (GONE,)),
        (Sender.AZURE, {"id": "1", "action": "ping"}, ()),
        (Sender.ECR, ecr("PUSH"), (V1,)),
        (Sender.ECR, ecr("DELETE"), (GONE,)),
        (Sender.ECR, ecr("PUSH", "FAILURE"), ()),
        (Sender.ECR, ecr("PUSH", kind="ECR Image Scan"), ()),
    ],
)
def test_what_each_sender_tells(sender: Sender, told: dict[str, Any], events: tuple[RegistryEvent, ...]) -> None:
    """Repository and tag of what was pushed or deleted; nothing of what was merely read, scanned or tried."""
    assert parse(sender, json.dumps(told).encode()) == events


@pytest.mark.parametrize("name", ["../../etc", "http://evil.test/x", "a b", "", "A/b", "web\n", "x" * 300])
def test_what_is_no_repository_is_passed_over(name: str) -> None:
    """It never becomes a question to anybody."""
    assert parse(Sender.QUAY, json.dumps({"repository": name, "updated_tags": ["v1"]}).encode()) == ()


def test_limits() -> None:
    """Neither a long body nor many tags are taken."""
    with pytest.raises(LimitError):
        parse(Sender.QUAY, b" " * (LARGEST + 1))
    many = json.dumps({"repository": "a", "updated_tags": [f"t{n}" for n in range(MOST_EVENTS + 1)]}).encode()
    with pytest.raises(LimitError):
        parse(Sender.QUAY, many)


@given(
    st.sampled_from(Sender),
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["events", "target", "repository", "tag", "detail", "package", "type", "data", "resources"]),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_anything_else_is_refused_in_words(sender: Sender, data: bytes) -> None:
    """FormatError, or events whose names fit into an address as they are."""
    try:
        events = parse(sender, data)
    except FormatError:
        return
    for event in events:
        assert event.repository.isascii()
        assert not set(event.repository + event.tag) & set(" ?#%&\\\r\n\"'")
