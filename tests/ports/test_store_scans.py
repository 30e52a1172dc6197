"""What every store promises of what scans found: packages, vulnerabilities, images, and exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.model.asset import Image
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.errors import UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import Package
from periderm.model.query import Page, Query
from periderm.model.severity import Severity
from periderm.model.vulnerability import Vulnerability
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import STORES, StorePlug, container, finding, image, inventory

for_each_store = pytest.mark.parametrize("plug", STORES, ids=lambda plug: plug.name)


@pytest.fixture(params=STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


def package(name: str, version: str = "1", kind: str = "deb", path: str = "var/lib/dpkg/status", **more: Any) -> Package:
    """A package."""
    return Package(name=name, version=version, type=kind, purl=f"pkg:{kind}/{name}@{version}", path=path, **more)


def vulnerable(number: int, name: str = "CVE-2099-1", *, of: int = 1, priority: float = 50.0, **more: Any) -> Finding:
    """A finding of a vulnerability in image `of`."""
    fields = {"severity": Severity.HIGH, **more}
    severity = fields.pop("severity")
    package_name = fields.pop("package", "openssl")
    v = Vulnerability(
        id=name,
        purl=f"pkg:deb/{package_name}@1",
        name=package_name,
        version="1",
        priority=priority,
        severity=severity,
        **fields,
    )
    return finding(
        number, kind=FindingKind.VULNERABILITY, severity=severity, asset_id=f"img-{of}", package=package_name, vulnerability=v
    )


def scan(number: int, packages: tuple[Package, ...] = (), findings: tuple[Finding, ...] = (), **more: Any) -> ScanResult:
    """Image `number` was scanned."""
    told = msgspec.structs.replace(inventory(number), packages=packages, layers=("sha256:l0", "sha256:l1"))
    given: dict[str, Any] = {"time": 500, "seconds": 1.0, "findings": findings, "inventory": told, **more}
    return ScanResult(image_digest=f"sha256:{number}", node_id="nod-1", **given)


def all_of(lister: Callable[[Query], Page[Any]], query: Query) -> list[Any]:
    """All items, page by page; each page says the same total."""
    found: list[Any] = []
    totals = set()
    while True:
        page = lister(query)
        found += page.items
        totals.add(page.total)
        if not page.next_cursor:
            assert totals == {len(found)}
            return found
        query = msgspec.structs.replace(query, cursor=page.next_cursor)


def test_packages_are_found_wherever_they_are(store: Store) -> None:
    """By a part of the name or package URL in any case, by the whole name, by type, in one image; with layer and image."""
    store.put_assets([image(1, name="shop"), container(1, image_digest="sha256:1", running=True)])
    openssl = package("openssl", "3.0", layer="sha256:l1", licence="Apache-2.0")
    store.put_scan_result(scan(1, (openssl, package("libopenssl", "1", "npm", path="a.json"))))
    store.put_scan_result(scan(2, (package("openssl", "3.1"),)))
    found = all_of(store.packages, Query(text="OPENSSL"))
    assert [(p.name, p.version, p.image_digest) for p in found] == [
        ("libopenssl", "1", "sha256:1"),
        ("openssl", "3.0", "sha256:1"),
        ("openssl", "3.1", "sha256:2"),
    ]
    assert (found[1].layer, found[1].licence, found[1].reference, found[1].running) == ("sha256:l1", "Apache-2.0", "shop", 1)
    assert (found[2].layer, found[2].running) == ("", 0)
    assert [p.image_digest for p in all_of(store.packages, Query(text="=OpenSSL"))] == ["sha256:1", "sha256:2"]
    assert [p.name for p in all_of(store.packages, Query(kind="npm"))] == ["libopenssl"]
    assert [p.version for p in all_of(store.packages, Query(image_digest="sha256:2"))] == ["3.1"]
    assert [p.name for p in all_of(store.packages, Query(text="pkg:npm/lib"))] == ["libopenssl"]
    assert store.packages(Query(text="%")).total == 0
    assert store.packages(Query(text="nowhere")) == Page((), "", 0)


def test_a_scan_again_replaces_the_packages_of_its_image(store: Store) -> None:
    """What went is found no more, other images keep theirs, and a resend changes nothing."""
    store.put_scan_result(scan(1, (package("a"), package("b"))))
    store.put_scan_result(scan(2, (package("a"),)))
    store.put_scan_result(scan(1, (package("b", "2"), package("c"))))
    store.put_scan_result(scan(1, (package("b", "2"), package("c"))))
    found = [(p.name, p.version, p.image_digest) for p in all_of(store.packages, Query())]
    assert found == [("a", "1", "sha256:2"), ("b", "2", "sha256:1"), ("c", "1", "sha256:1")]
    store.put_scan_result(scan(1, (), failure="gone", inventory=None))
    assert store.packages(Query()).total == 3


names = st.text(st.characters(codec="utf-8"), max_size=4)
held = st.lists(st.tuples(names, st.sampled_from(["1", "2"]), st.sampled_from(["deb", "npm"]), names), max_size=6)


@for_each_store
@given(images=st.lists(held, min_size=1, max_size=3), again=held, limit=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_pages_of_packages_hold_each_once(
    plug: StorePlug, images: list[list[tuple[str, str, str, str]]], again: list[tuple[str, str, str, str]], limit: int
) -> None:
    """Whatever the names and however many share one: all pages together are what the inventories hold, in one order."""
    with plug.fresh() as opened:
        for number, content in enumerate((*images, again)):
            of = 0 if number == len(images) else number
            opened.put_scan_result(scan(of, tuple(package(n, v, k, path) for n, v, k, path in content)))
        kept = {**dict(enumerate(images)), 0: again}
        wanted = sorted(
            {
                (n.replace("\0", "\\x00"), v, k, p.replace("\0", "\\x00"), f"sha256:{of}")
                for of, c in kept.items()
                for n, v, k, p in c
            }
        )
        found = all_of(opened.packages, Query(limit=limit))
        assert sorted((p.name, p.version, p.type, p.path, p.image_digest) for p in found) == wanted
        assert [(p.name, p.version) for p in found] == sorted((p.name, p.version) for p in found)
        of_first = all_of(opened.packages, Query(limit=limit, image_digest="sha256:0"))
        assert len(of_first) == len(set(again))


@pytest.mark.parametrize(
    "query",
    [
        Query(limit=0), Query(limit=1001), Query(state="x"), Query(order="severity"), Query(severity_at_least=Severity.LOW),
        Query(text="x" * 1001), Query(cursor="nonsense"), Query(cursor="é"), Query(asset_id="x"),
    ],
    ids=str,
)  # fmt: skip
def test_questions_about_packages_without_an_answer_are_refused(store: Store, query: Query) -> None:
    """They are told, and not ignored."""
    with pytest.raises(UsageError) as caught:
        store.packages(query)
    assert caught.value.next_step


def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    """Of packages for vulnerabilities and the other way."""
    store.put_scan_result(scan(1, (package("a"), package("b")), (vulnerable(1), vulnerable(2, "CVE-2099-2"))))
    packages, bad = store.packages(Query(limit=1)).next_cursor, store.vulnerabilities(Query(limit=1)).next_cursor
    assert packages
    assert bad
    with pytest.raises(UsageError):
        store.vulnerabilities(Query(cursor=packages))
    with pytest.raises(UsageError):
        store.packages(Query(cursor=bad))


def test_vulnerabilities_by_priority_with_where_they_are(store: Store) -> None:
    """Each once: the worst of its findings, how many images and packages, what runs."""
    store.put_assets([image(1), image(2), container(1, image_digest="sha256:1", running=True), container(2)])
    first = (vulnerable(1, priority=10.0), vulnerable(2, "CVE-2099-2", priority=90.0, exploited=True, probability=0.5))
    store.put_scan_result(scan(1, (), first))
    second = (
        vulnerable(3, of=2, priority=40.0, severity=Severity.CRITICAL, fixed_in="2", aliases=("GHSA-x",), summary="Bad"),
        vulnerable(4, of=2, priority=20.0, package="libssl3"),
    )
    store.put_scan_result(scan(2, (), second))
    found = all_of(store.vulnerabilities, Query(limit=1))
    assert [(v.id, v.priority, v.images, v.packages, v.findings, v.running) for v in found] == [
        ("CVE-2099-2", 90.0, 1, 1, 1, 1),
        ("CVE-2099-1", 40.0, 2, 2, 3, 1),
    ]
    one = found[1]
    assert (one.severity, one.fixed, one.exploited, one.title, one.aliases) == (
        Severity.CRITICAL,
        True,
        False,
        "Bad",
        ("GHSA-x",),
    )
    assert one.package_names == ("libssl3", "openssl")
    assert (found[0].exploited, found[0].probability) == (True, 0.5)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(text="ghsa-x"), ["CVE-2099-1"]), (Query(text="LIBSSL"), ["CVE-2099-1"]),
        (Query(state="exploited"), ["CVE-2099-2"]), (Query(state="fixed"), ["CVE-2099-1"]),
        (Query(state="running"), ["CVE-2099-2"]), (Query(vulnerability="CVE-2099-1"), ["CVE-2099-1"]),
        (Query(image_digest="sha256:2"), ["CVE-2099-1"]), (Query(severity_at_least=Severity.CRITICAL), ["CVE-2099-1"]),
        (Query(text="zzz"), []), (Query(image_digest="sha256:9"), []), (Query(), ["CVE-2099-2", "CVE-2099-1"]),
    ],
    ids=str,
)  # fmt: skip
def test_vulnerabilities_are_filtered(store: Store, query: Query, expected: list[str]) -> None:
    """By text, state, image, severity; the total says how many match."""
    store.put_assets([image(1), image(2), container(1, image_digest="sha256:1", running=True)])
    store.put_scan_result(scan(1, (), (vulnerable(1, "CVE-2099-2", priority=90.0, exploited=True),)))
    bad = vulnerable(2, of=2, severity=Severity.CRITICAL, fixed_in="2", aliases=("GHSA-x",), package="libssl3")
    store.put_scan_result(scan(2, (), (bad,)))
    page = store.vulnerabilities(query)
    assert [v.id for v in page.items] == expected
    assert page.total == len(expected)


def test_an_unknown_state_is_refused(store: Store) -> None:
    """And the next step names those that exist."""
    with pytest.raises(UsageError, match="exploited"):
        store.vulnerabilities(Query(state="new"))


drawn = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from(["CVE-1", "CVE-2"]), st.sampled_from(["a", "b"]), st.integers(0, 3)),
    max_size=8,
)


@for_each_store
@given(steps=st.lists(drawn, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_summaries_are_what_the_findings_say(plug: StorePlug, steps: list[list[tuple[int, str, str, int]]]) -> None:
    """After any sequence of scans, the list of vulnerabilities is the same as if counted from the findings anew."""
    with plug.fresh() as opened:
        opened.put_assets([image(1), image(2)])
        for step in steps:
            for of in (1, 2):
                mine = {
                    (name, held_by): vulnerable(
                        of * 10 + "12".index(name[-1]) * 2 + "ab".index(held_by),
                        name,
                        of=of,
                        package=held_by,
                        priority=float(points),
                    )
                    for at, name, held_by, points in step
                    if at == of
                }
                opened.put_scan_result(scan(of, (), tuple(mine.values())))
        left = all_of(opened.findings, Query())
        expected = {}
        for name in {f.vulnerability.id for f in left}:
            mine_now = [f for f in left if f.vulnerability.id == name]
            expected[name] = (
                max(f.vulnerability.priority for f in mine_now),
                len({f.asset_id for f in mine_now}),
                len({f.package for f in mine_now}),
                len(mine_now),
            )
        found = all_of(opened.vulnerabilities, Query())
        assert {v.id: (v.priority, v.images, v.packages, v.findings) for v in found} == expected


def test_findings_of_one_vulnerability_and_their_images(store: Store) -> None:
    """The question 'where is it' is answered in two steps."""
    store.put_assets([image(1, name="shop"), image(2, name="cart"), container(1, image_digest="sha256:2", running=True)])
    store.put_scan_result(scan(1, (), (vulnerable(1), vulnerable(2, "CVE-2099-2"), finding(9))))
    store.put_scan_result(scan(2, (), (vulnerable(3, of=2),)))
    found = all_of(store.findings, Query(vulnerability="CVE-2099-1", limit=1))
    assert [f.id for f in found] == ["fnd-0001", "fnd-0003"]
    images = store.images_of(["fnd-0001", "fnd-0003", "fnd-none"])
    assert {name: (state.name, state.running) for name, state in images.items()} == {
        "fnd-0001": ("shop", 0),
        "fnd-0003": ("cart", 1),
    }
    with pytest.raises(UsageError):
        store.alerts(Query(vulnerability="CVE-2099-1"))


def test_a_host_has_vulnerabilities_too(store: Store) -> None:
    """Findings of an asset that is no image count as one more place, and no image is made of it."""
    store.put_findings([msgspec.structs.replace(vulnerable(1), asset_id="nod-1")])
    assert [(v.id, v.images) for v in store.vulnerabilities(Query()).items] == [("CVE-2099-1", 1)]
    assert store.images(Query()).total == 0
    assert store.images_of(["fnd-0001"]) == {}


def test_images_with_their_state(store: Store) -> None:
    """Scanned, failed, waiting, never looked at; what was found by severity; what runs."""
    store.put_assets([image(n, last_seen=n, name=f"shop:{n}") for n in (1, 2, 3, 4)])
    store.put_assets([container(1, image_digest="sha256:1", running=True), container(2, image_digest="sha256:1")])
    secret = finding(7, asset_id="img-1")
    missed = finding(8, asset_id="img-1", kind=FindingKind.NOT_EXAMINED)
    bad = (vulnerable(1, exploited=True), vulnerable(2, "CVE-2099-2", fixed_in="2", severity=Severity.CRITICAL), secret, missed)
    store.put_scan_result(scan(1, (package("a"), package("b")), bad))
    store.put_scan_result(scan(2, (), failure="The image is gone.", inventory=None))
    store.put_scan_request(ScanRequest(image_digest="sha256:3", source="x", reference="x", node_id="nod-1", requested=1))
    by_name = {state.name: state for state in all_of(store.images, Query(limit=2))}
    one = by_name["shop:1"]
    assert one.findings == {"high": 2, "critical": 1}
    assert (one.vulnerabilities, one.exploited, one.fixable, one.priority) == (2, 1, 1, 50.0)
    assert (one.packages, one.layers, one.running, one.scanned_at, one.asset_id) == (2, 2, 1, 500, "img-1")
    assert (by_name["shop:2"].failure, by_name["shop:2"].scanned_at) == ("The image is gone.", 0)
    assert (by_name["shop:3"].waiting, by_name["shop:4"].waiting) == (True, False)
    for state, expected in (("scanned", ["shop:1"]), ("failed", ["shop:2"]), ("unscanned", ["shop:4", "shop:3"])):
        assert [i.name for i in store.images(Query(state=state)).items] == expected
    assert [i.name for i in store.images(Query(severity_at_least=Severity.CRITICAL)).items] == ["shop:1"]
    assert [i.name for i in store.images(Query(text="SHOP:2")).items] == ["shop:2"]


def test_the_worst_image_comes_first(store: Store) -> None:
    """One critical finding outweighs many that are high; equal ones go by when they were seen."""
    store.put_assets([image(n, last_seen=n) for n in (1, 2, 3)])
    store.put_scan_result(scan(1, (), tuple(vulnerable(n, f"CVE-{n}") for n in range(30))))
    store.put_scan_result(scan(2, (), (vulnerable(40, of=2, severity=Severity.CRITICAL),)))
    found = all_of(store.images, Query(order="severity", limit=1))
    assert [i.digest for i in found] == ["sha256:2", "sha256:1", "sha256:3"]


def test_an_image_that_ends_or_is_mended_says_so(store: Store) -> None:
    """A container that stopped no longer counts; findings that are gone neither."""
    store.put_assets([image(1), container(1, image_digest="sha256:1", running=True)])
    store.put_scan_result(scan(1, (), (vulnerable(1),)))
    store.put_assets([container(1, image_digest="sha256:1", running=False)])
    store.put_scan_result(scan(1))
    one = store.images(Query()).items[0]
    assert (one.running, one.findings, one.vulnerabilities) == (0, {}, 0)
    assert store.vulnerabilities(Query()).total == 0


def test_a_scan_that_nobody_asked_for_is_an_image(store: Store) -> None:
    """Known by what the scan says, until the asset is seen."""
    store.put_scan_result(scan(1, (package("a"),)))
    state = store.images(Query()).items[0]
    assert (state.name, state.asset_id, state.packages, state.last_seen) == ("shop:1", "", 1, 500)
    store.put_assets([image(1, name="registry.test/shop:1", last_seen=900)])
    state = store.images(Query()).items[0]
    assert (state.name, state.asset_id, state.packages, state.last_seen) == ("registry.test/shop:1", "img-1", 1, 900)


def test_inventories_are_listed(store: Store) -> None:
    """For those that match again."""
    store.put_scan_result(scan(2))
    store.put_scan_result(scan(1))
    store.put_assets([image(3)])
    assert list(store.inventory_digests()) == ["sha256:1", "sha256:2"]


def exemption(name: str, expires: int, reason: str = "no user") -> Exemption:
    """An exception."""
    return Exemption(id=name, reason=reason, owner="ada", expires=expires, scope=Scope(findings=("CVE-1",)), source="store")


def test_exceptions_by_their_end(store: Store) -> None:
    """Put again one is replaced; each change is told once; removed ones are gone."""
    for one in (exemption("b", 20), exemption("a", 20), exemption("c", 10), exemption("b", 5, "other")):
        store.put_exemption(one)
    store.put_exemption(exemption("c", 10))
    assert [(e.id, e.reason) for e in store.exemptions()] == [("b", "other"), ("c", "no user"), ("a", "no user")]
    store.remove_exemption("b")
    store.remove_exemption("never was")
    assert [e.id for e in store.exemptions()] == ["c", "a"]
    assert [(c.what, c.id) for c in store.changes(0)] == [("exemption", n) for n in ("b", "a", "c", "b", "b")]


def test_what_is_rolled_back_was_never_found(store: Store) -> None:
    """Rows to search by belong to the transaction of what they are made from."""

    def fail() -> None:
        with store.transaction():
            store.put_assets([image(1), container(1, image_digest="sha256:1", running=True)])
            store.put_scan_result(scan(1, (package("a"),), (vulnerable(1),)))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert store.packages(Query()).total == store.vulnerabilities(Query()).total == store.images(Query()).total == 0


@for_each_store
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_hostile_values_are_stored(plug: StorePlug, data: st.DataObject) -> None:
    """Bytes that are not text, NULs, numbers that are none: stored, found, and stored again without a change."""
    odd = st.text(st.characters(codec=None), max_size=5)
    floats = st.floats(allow_nan=False)
    v = Vulnerability(
        id=data.draw(odd), purl=data.draw(odd), name=data.draw(odd), version="", priority=data.draw(floats),
        probability=data.draw(floats), aliases=(data.draw(odd),), summary=data.draw(odd),
    )  # fmt: skip
    told = scan(
        1,
        (package(data.draw(odd), data.draw(odd), path=data.draw(odd), licence=data.draw(odd)),),
        (finding(1, vulnerability=v),),
    )
    with plug.fresh() as opened:
        opened.put_scan_result(told)
        before = list(opened.changes(0))
        opened.put_scan_result(told)
        assert list(opened.changes(0)) == before
        assert opened.packages(Query()).total == 1
        assert opened.vulnerabilities(Query()).total == 1


def test_values_are_made_with_the_plugs() -> None:
    """The helper's image is an Image: these tests mean what they say."""
    assert isinstance(plugs.image(1), Image)
