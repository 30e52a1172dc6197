"""What runs of an image: by each digest that a runtime may know, by workload, with nodes and owners."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.touched import touched_by_finding, touched_by_image
from periderm.model.asset import Node, Ownership, Workload
from periderm.model.envelope import ScanResult
from periderm.model.errors import NotFoundError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.watching import PlatformImage, RegistryTag
from tests.ports.plugs import container, finding

CONFIG, MANIFEST, INDEX = ("sha256:" + letter * 64 for letter in "abc")


@pytest.fixture
def app(empty: Application) -> Application:
    """Two nodes; five containers of the image, known by different digests, two of them of one workload; and others."""
    image = PlatformImage("linux/amd64", MANIFEST, CONFIG)
    empty.store.put_tags(
        [RegistryTag(watch="shop", registry="r.test", repository="web", tag="v1", digest=INDEX, images=(image,))]
    )
    node = Node(id="nod-a", name="alpha", hostname="alpha", machine_id="m", kernel="k", os_name="o", architecture="x")
    owner = Ownership(owner="web-team")
    shop = Workload(id="wkl-shop", name="shop", kind="Deployment", namespace="prod", ownership=owner)
    empty.store.put_assets([node, shop])
    runs = (
        (CONFIG, "web:1", "wkl-shop", "nod-a", True),
        (MANIFEST, "web:1", "wkl-shop", "nod-b", True),
        (INDEX, "web:1", "wkl-2", "nod-a", True),
        ("", f"r.test/web@{MANIFEST}", "wkl-3", "nod-a", True),
        (CONFIG, "web:1", "wkl-shop", "nod-a", False),
        ("sha256:" + "d" * 64, "api:1", "wkl-4", "nod-a", True),
        ("sha256:" + "d" * 64, f"r.test/web@{MANIFEST}", "wkl-5", "nod-a", True),
    )
    empty.store.put_assets(
        container(n, image_digest=digest, image_name=name, workload_id=workload, node_id=at, running=running)
        for n, (digest, name, workload, at, running) in enumerate(runs, start=1)
    )
    return empty


def test_all_digests_count_once_each(app: Application) -> None:
    """What ended, and what is of another image, does not."""
    found = touched_by_image(app, LOCAL_ADMIN, CONFIG)
    assert (found.containers, found.nodes, found.more) == (4, 2, False)
    first = found.workloads[0]
    assert (first.name, first.kind, first.namespace, first.containers) == ("shop", "Deployment", "prod", 2)
    assert (first.nodes, first.owner.owner, first.container_ids) == (("alpha", "nod-b"), "web-team", ("ctr-1", "ctr-2"))
    assert sorted(w.container_ids[0] for w in found.workloads) == ["ctr-1", "ctr-3", "ctr-4"]


def test_an_image_is_found_by_any_of_its_digests(app: Application) -> None:
    """Whoever has the digest of the index from a registry gets the same answer."""
    assert touched_by_image(app, LOCAL_ADMIN, INDEX) == touched_by_image(app, LOCAL_ADMIN, CONFIG)
    assert touched_by_image(app, LOCAL_ADMIN, "sha256:none").containers == 0


def test_a_finding_touches_what_runs_of_its_image(app: Application) -> None:
    """One of a host touches no container; one that is fixed is not there. And the lists of what runs know it too."""
    result = ScanResult(image_digest=CONFIG, node_id="", time=1, seconds=1, findings=(finding(1),))
    app.store.put_scan_result(result)
    app.store.put_findings([msgspec.structs.replace(finding(2), asset_id="nod-a")])
    assert touched_by_finding(app, LOCAL_ADMIN, finding(1).id).containers == 4
    assert touched_by_finding(app, LOCAL_ADMIN, finding(2).id).containers == 0
    with pytest.raises(NotFoundError):
        touched_by_finding(app, LOCAL_ADMIN, "fnd-none")
    assert [f.id for f in app.store.findings(Query(state="running")).items] == [finding(1).id]
    assert [i.digest for i in app.store.images(Query(state="running")).items] == [CONFIG]
