"""Owners and workloads, as labels tell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.asset import Grade, Ownership
from periderm.model.labels import BUILD, ownership_of, unbelieved, workload_of
from tests.strategies import hostile_text

K8S = "io.kubernetes."


def test_our_labels_come_first() -> None:
    """What was written for us wins over common labels; an empty one counts as absent."""
    labels = {"io.periderm.owner": "ops", "owner": "someone", "io.periderm.application": " ", "app": "shop", "env": "prod"}
    assert ownership_of(labels | {"io.periderm.grade": "Core"}) == Ownership("prod", "shop", "ops", Grade.CORE)


def test_unknown_stays_unknown() -> None:
    """No labels, or a grade that is none of ours, invent nothing."""
    assert ownership_of({}) == Ownership()
    assert ownership_of({"grade": "platinum"}).grade is Grade.UNKNOWN


@pytest.mark.parametrize(
    ("name", "labels", "kind", "namespace", "title"),
    [
        ("web", {}, "container", "", "web"),
        ("web-2", {}, "container", "", "web"),
        ("web_12", {}, "container", "", "web"),
        ("web.3f9c01ab", {}, "container", "", "web"),
        ("7", {}, "container", "", "7"),
        ("x", {"io.periderm.workload": "shop"}, "workload", "", "shop"),
        ("x", {"com.docker.compose.service": "db", "com.docker.compose.project": "p"}, "compose", "p", "db"),
        ("x", {K8S + "pod.name": "web-6d4cf56db6-bc2xz", K8S + "pod.namespace": "n"}, "kubernetes", "n", "web"),
        ("x", {K8S + "pod.name": "db-0", K8S + "container.name": "main"}, "kubernetes", "", "db/main"),
        ("x", {K8S + "pod.name": "agent-bc2xz"}, "kubernetes", "", "agent"),
    ],
)
def test_replicas_share_a_workload(name: str, labels: dict[str, str], kind: str, namespace: str, title: str) -> None:
    """Suffixes of replicas fall away, and the orchestrator's word is taken before the name."""
    workload = workload_of(name, labels)
    assert (workload.kind, workload.namespace, workload.name) == (kind, namespace, title)


def test_ids_follow_the_identity() -> None:
    """Two replicas have one id; another namespace or kind has another."""
    assert workload_of("web-1", {}).id == workload_of("web-2", {}).id
    assert workload_of("web", {}).id != workload_of("web", {"io.periderm.workload": "web"}).id


@given(hostile_text, st.dictionaries(st.sampled_from(["owner", "app", "grade", "io.kubernetes.pod.name"]), hostile_text))
def test_labels_are_bounded(name: str, labels: dict[str, str]) -> None:
    """Whatever an image's author wrote, nothing raises and no field grows past its limit."""
    made = ownership_of(labels)
    assert max(len(made.owner), len(made.application), len(made.environment)) <= 256
    assert len(workload_of(name, labels).namespace) <= 256


def test_what_only_a_runtime_may_say_is_not_believed() -> None:
    """The mark of a build's step is taken off; the rest stays."""
    assert unbelieved({BUILD: "true", "a": "b"}) == {"a": "b"}
