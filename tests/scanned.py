"""A shop's images as scans saw them: layers, packages, vulnerabilities with priorities, so that pages have what to show."""

from __future__ import annotations

import hashlib

import msgspec

from periderm.app.application import Application
from periderm.engines.vulnerability.priority import Circumstances, priority
from periderm.model.asset import Container, Image, Ownership
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import Finding, FindingKind
from periderm.model.identity import image_id
from periderm.model.ids import stable_id
from periderm.model.image import History, ImageConfig, ImageInventory, OsRelease, Package
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import Vulnerability
from periderm.model.watching import LookState, PlatformImage, RegistryTag, WatchedRegistry
from periderm.ports.store import Store

SECOND = 10**9
DAY = 86_400 * SECOND
LAYERS = tuple("sha256:" + hashlib.sha256(name.encode()).hexdigest() for name in ("base", "apt", "requirements", "app"))
STEPS = (
    ("/bin/sh -c #(nop) ADD file:9a4f77 in / ", False),
    ('/bin/sh -c #(nop)  CMD ["bash"]', True),
    ("/bin/sh -c apt-get update && apt-get install -y --no-install-recommends libxml2 curl imagemagick # buildkit", False),
    ("RUN pip install -r requirements.txt # buildkit", False),
    ("COPY . /srv/shop # buildkit", False),
    ("USER shop", True),
)
# name, version, type, layer, licence
PACKAGES = (
    ("openssl", "3.0.15-1~deb12u1", "deb", 0, "Apache-2.0"),
    ("libssl3", "3.0.15-1~deb12u1", "deb", 0, "Apache-2.0"),
    ("zlib1g", "1:1.2.13.dfsg-1", "deb", 0, "Zlib"),
    ("perl-base", "5.36.0-7+deb12u1", "deb", 0, "Artistic-2.0"),
    ("libxml2", "2.9.14+dfsg-1.3~deb12u1", "deb", 1, "MIT"),
    ("curl", "7.88.1-10+deb12u8", "deb", 1, "curl"),
    ("imagemagick-6-common", "8:6.9.11.60+dfsg-1.6", "deb", 1, "ImageMagick"),
    ("django", "4.2.1", "pypi", 2, "BSD-3-Clause"),
    ("pillow", "9.5.0", "pypi", 2, "HPND"),
    ("requests", "2.31.0", "pypi", 2, "Apache-2.0"),
    ("lodash", "4.17.15", "npm", 3, "MIT"),
)
# id, package, severity, score, fixed in, EPSS, exploited, summary
KNOWN = (
    ("CVE-2099-1001", "libxml2", Severity.CRITICAL, 9.8, "2.9.14+dfsg-1.3~deb12u2", 0.71, True, "Use after free"),
    ("CVE-2099-1002", "curl", Severity.HIGH, 7.5, "7.88.1-10+deb12u9", 0.034, False, "Cookies are sent to another host"),
    ("CVE-2099-1003", "openssl", Severity.MEDIUM, 5.9, "", 0.0012, False, "A timing side channel in a signature"),
    ("CVE-2099-1004", "perl-base", Severity.LOW, 3.3, "", 0.0004, False, "A race in a temporary folder"),
    ("CVE-2099-1005", "django", Severity.HIGH, 8.1, "4.2.9", 0.12, False, "SQL injection through a JSON field's key"),
    ("CVE-2099-1006", "pillow", Severity.CRITICAL, 9.1, "10.0.1", 0.93, True, "A heap overflow in the decoding of a picture"),
    ("CVE-2099-1007", "lodash", Severity.MEDIUM, 6.5, "4.17.21", 0.02, False, "Prototype pollution in zipObjectDeep"),
    ("CVE-2099-1008", "zlib1g", Severity.HIGH, 7.8, "1:1.2.13.dfsg-1+deb12u1", -1.0, False, "An overflow in a rare writer"),
)  # fmt: skip


def digest(number: int) -> str:
    """The digest of the shop's image of that number."""
    return "sha256:" + hashlib.sha256(f"shop {number}".encode()).hexdigest()


def packages(number: int = 0) -> tuple[Package, ...]:
    """What is in it; odd images have no Node part."""
    found = []
    for name, version, kind, layer, licence in PACKAGES:
        if kind == "npm" and number % 2:
            continue
        path = {"deb": "var/lib/dpkg/status", "pypi": f"usr/lib/python3/site-packages/{name}/METADATA"}.get(
            kind, f"srv/shop/node_modules/{name}/package.json"
        )
        full = f"debian/{name}" if kind == "deb" else name
        found.append(
            Package(
                name=name, version=version, type=kind, purl=f"pkg:{kind}/{full}@{version}", licence=licence,
                layer=LAYERS[layer], path=path,
            )
        )  # fmt: skip
    return tuple(found)


def inventory(number: int = 0) -> ImageInventory:
    """Of four layers, two of them of the base image and the distribution."""
    steps = tuple(History(created_by, empty_layer=empty) for created_by, empty in STEPS)
    return ImageInventory(
        digest=digest(number),
        reference=f"registry.test/shop/web-{number}:2.4",
        source="podman",
        config=ImageConfig(
            user="shop", command=("gunicorn", "shop.wsgi"), exposed_ports=("8000/tcp",), diff_ids=LAYERS, history=steps,
            labels={"org.opencontainers.image.base.name": "docker.io/library/debian:bookworm-slim"},
        ),
        os=OsRelease("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        packages=packages(number),
        executables=(),
        layers=LAYERS,
        layer_sizes=(78_000_000, 96_000_000, 41_000_000, 9_000_000),
        size=224_000_000,
        files=8120,
        not_examined=("srv/shop/backup.zip was not read: it is nested deeper than 8 archives.",) if number == 0 else (),
    )  # fmt: skip


def findings(now: int, number: int = 0) -> tuple[Finding, ...]:
    """Vulnerabilities of its packages with real priorities, and a secret."""
    here = {p.name: p for p in packages(number)}
    found = []
    for name, package, severity, score, fixed, epss, exploited, summary in KNOWN:
        if package in here:
            found.append(_vulnerable(here[package], (name, severity, score, fixed, epss, exploited, summary), now, number))
    secret = Finding(
        id=stable_id("fnd", "secret", number), detector="IMG-SECRET-CLOUD", kind=FindingKind.SECRET, severity=Severity.HIGH,
        asset_id=image_id(digest(number)), title=Text("Hold a cloud access key", "包含云访问密钥"),
        message=Text("A cloud access key lies in a file.", "文件中有云访问密钥。"),
        remediation=Text("Remove it and build again.", "移除后重新构建。"), location="srv/shop/.env", layer=LAYERS[3],
        first_seen=now - DAY, last_seen=now,
    )  # fmt: skip
    return (*found, secret)


def _vulnerable(package: Package, known: tuple[str, Severity, float, str, float, bool, str], now: int, number: int) -> Finding:
    name, severity, score, fixed, epss, exploited, summary = known
    base = package.layer == LAYERS[0]
    v = Vulnerability(
        id=name, aliases=(f"GHSA-test-{name[-4:]}-aaaa",), purl=package.purl, name=package.name, version=package.version,
        path=package.path, fixed_in=fixed, fixed_since=now - 40 * DAY if fixed else 0, severity=severity,
        severity_source="nvd", verdict_source="debian" if package.type == "deb" else "osv", score=score,
        vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", probability=epss, percentile=min(0.99, epss + 0.05),
        exploited=exploited, published=now - 60 * DAY, summary=summary, from_base=base, source=package.name,
        references=(f"https://security.example.org/{name}",), cwes=("CWE-416",), reachable=True,
    )  # fmt: skip
    total, reasons = priority(v, Circumstances(root=False), now)
    v = msgspec.structs.replace(v, priority=total, reasons=reasons)
    to = fixed or "—"
    return Finding(
        id=stable_id("fnd", name, number, package.name), detector="VUL-001", kind=FindingKind.VULNERABILITY,
        severity=severity, asset_id=image_id(digest(number)),
        title=Text(f"{name} in {package.name}", f"{package.name}：{name}"),
        message=Text(summary, summary), remediation=Text(f"Upgrade to {to}.", f"升级到 {to}。"), location=package.path,
        layer=package.layer, package=package.name, purl=package.purl, vulnerability=v, first_seen=now - DAY, last_seen=now,
    )  # fmt: skip


def image(number: int, now: int, *, scanned: bool = True) -> Image:
    """The asset."""
    return Image(
        id=image_id(digest(number)), name=f"registry.test/shop/web-{number}:2.4", digest=digest(number),
        references=(f"registry.test/shop/web-{number}:2.4",), size=224_000_000, created=now - 90 * DAY,
        os_name="Debian GNU/Linux 12 (bookworm)" if scanned else "", node_id="nod-shop", first_seen=now - 30 * DAY,
        last_seen=now, ownership=Ownership("production", "shop", "team-shop"),
    )  # fmt: skip


def container(number: int, of: int, now: int) -> Container:
    """A running container of an image."""
    return Container(
        id=f"con-shop-{number}", name=f"shop-{of}-{number}", container_id=f"{number:064x}", runtime="podman",
        node_id="nod-shop", image_digest=digest(of), image_name=f"registry.test/shop/web-{of}:2.4", running=True,
        started=now - DAY, last_seen=now, ownership=Ownership("production", "shop", "team-shop"),
    )  # fmt: skip


def tell_registry(store: Store, now: int, tags: int = 1) -> None:
    """A watched registry with the images in it, one tag gone, one that could not be read."""
    store.put_registry(WatchedRegistry(name="shop", registry="registry.test", repositories=("shop/*",), made=now - DAY))
    store.put_look(
        "shop",
        LookState(looks=7, looked=now - 600 * SECOND, next=now + 3000 * SECOND, repositories=3, tags=tags + 1, new_images=1),
    )
    given = [
        RegistryTag(
            watch="shop", registry="registry.test", repository=f"shop/web-{n}", tag="2.4", digest=f"sha256:{n + 900:064x}",
            images=(PlatformImage("linux/amd64", f"sha256:{n + 5900:064x}", digest(n), 80 << 20),), queued=True,
            first_seen=now - DAY, last_seen=now, changed=now - DAY + n,
        )
        for n in range(tags)
    ]  # fmt: skip
    gone = msgspec.structs.replace(given[0], tag="2.3", gone=now - 3600 * SECOND)
    store.put_tags([*given, gone, msgspec.structs.replace(given[0], tag="broken", digest="", images=())])


def tell_scans(app: Application, *, images: int = 3) -> None:
    """`images` that were scanned (number 0 first), one that never was, one whose scan failed, one that waits; two
    containers of number 0; an exception that hides one vulnerability."""
    store, now = app.store, app.clock.now()
    with store.transaction():
        store.put_assets([image(n, now) for n in range(images)])
        store.put_assets([image(n, now, scanned=False) for n in (images, images + 1, images + 2)])
        store.put_assets([container(n, 0, now) for n in (1, 2)])
        for number in range(images):
            store.put_scan_result(
                ScanResult(
                    image_digest=digest(number), node_id="nod-shop", time=now - 3600 * SECOND, seconds=1.9,
                    findings=findings(now, number), inventory=inventory(number),
                )
            )  # fmt: skip
        store.put_scan_result(
            ScanResult(
                image_digest=digest(images + 1), node_id="nod-shop", time=now, seconds=0.2, findings=(),
                failure="The layer sha256:77aa… is not what its digest says.",
            )
        )  # fmt: skip
        store.put_scan_request(
            ScanRequest(image_digest=digest(images + 2), source="podman:x", reference="x", node_id="nod-shop", requested=now)
        )
        tell_registry(store, now)
        scope = Scope(findings=("CVE-2099-1004",), packages=("perl-base",))
        store.put_exemption(
            Exemption(
                id="exc-perl", reason="No other user can write to the folder.", owner="team-shop", expires=now + 60 * DAY,
                scope=scope, created=now - DAY, created_by="user:ada", source="store",
            )
        )  # fmt: skip
