"""Reports made for tests of what is written and shown: one of every kind of finding, hostile text, and as many as wanted."""

from __future__ import annotations

import msgspec

from periderm.model.advisory import AdvisoryInfo, FeedInfo, Verdict
from periderm.model.exception import Excepted, Exemption, Scope
from periderm.model.finding import Finding, FindingKind
from periderm.model.ids import stable_id
from periderm.model.image import ImageConfig, ImageInventory, Origin, OsRelease, Package
from periderm.model.report import Report, Scanner, TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import ChangeKind, PlannedChange, Reason, VexStatement, VexStatus, Vulnerability

NOW = 1_795_251_600_000_000_000  # 2026-11-21T09:00:00Z
DIGEST = "sha256:" + "ab" * 32
LAYERS = ("sha256:" + "1" * 64, "sha256:" + "2" * 64)
HOSTILE = "</script>\x1b]0;x\x07\u202e<b>&\"'\udcff\n::error::x ]]> %0A"


def packages() -> tuple[Package, ...]:
    """A distribution's, a language's twice, a renamed jar, a recognised program, a hostile one."""
    return (
        Package(
            name="openssl",
            version="3.0.11-1~deb12u2",
            type="deb",
            purl="pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12",
            architecture="amd64",
            source="openssl",
            source_version="3.0.11-1~deb12u2",
            licence="Apache-2.0",
            layer=LAYERS[0],
            path="var/lib/dpkg/status",
            created_by="RUN apt-get install openssl",
            cpes=("cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*", "cpe:2.3:a:debian:openssl:3.0.11:*:*:*:*:*:*:*"),
        ),
        Package(
            name="requests",
            version="2.19.0",
            type="pypi",
            purl="pkg:pypi/requests@2.19.0",
            licence="Apache-2.0 OR (MIT AND BSD-3-Clause)",
            layer=LAYERS[1],
            path="usr/lib/python3/dist-packages/requests-2.19.0.dist-info",
            dependencies=("urllib3", "pkg:pypi/urllib3"),
        ),
        Package(
            name="urllib3",
            version="1.24",
            type="pypi",
            purl="pkg:pypi/urllib3@1.24",
            licence="The licence of 1999 (see file)",
            layer=LAYERS[1],
            path="app/requirements.txt",
            origin=Origin.DECLARED,
            scope="development",
        ),
        Package(
            name="urllib3",
            version="1.24",
            type="pypi",
            purl="pkg:pypi/urllib3@1.24",
            layer=LAYERS[1],
            path="opt/vendored/urllib3-1.24.dist-info",
            on_disk=False,
            owner="deb:python3-urllib3",
        ),
        Package(
            name="org.apache.logging.log4j:log4j-core",
            version="2.14.1",
            type="maven",
            purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
            layer=LAYERS[1],
            path="app/renamed.jar",
            origin=Origin.EMBEDDED,
            hashes=("sha1:" + "ab" * 20, "sha256:" + "cd" * 32, "crc:1"),
        ),
        Package(
            name="nodejs",
            version="1:18.1-2.el9",
            type="rpm",
            purl="pkg:rpm/redhat/nodejs@18.1-2.el9?arch=x86_64&epoch=1",
            architecture="x86_64",
            source="nodejs",
            source_version="1:18.1-2.el9",
            module="nodejs:18",
            vendor="Red Hat, Inc.",
        ),
        Package(
            name="redis",
            version="7.0.1",
            type="generic",
            purl="pkg:generic/redis@7.0.1",
            path="usr/local/bin/redis-server",
            origin=Origin.RECOGNISED,
        ),
        Package(name=HOSTILE, version=HOSTILE, type="npm", purl="pkg:npm/evil@1", path=HOSTILE, licence=HOSTILE),
    )


def vulnerability(package: Package, identifier: str, **fields: object) -> Vulnerability:
    """One, complete."""
    known = Vulnerability(
        id=identifier,
        aliases=("GHSA-aaaa-bbbb-cccc",),
        purl=package.purl,
        name=package.name,
        version=package.version,
        path=package.path,
        fixed_in="9.9",
        fixed_since=NOW - 10**15,
        verdict_source="debian",
        severity=Severity.HIGH,
        severity_source="nvd",
        score=7.5,
        vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
        probability=0.0123,
        percentile=0.9,
        published=NOW - 10**16,
        summary=f"Something is wrong in {package.name}",
        references=(f"https://example.invalid/{identifier}", "javascript:alert(1)", 'https://example.invalid/"onclick='),
        cwes=("CWE-79", "CWE-x"),
        priority=61.5,
        reasons=(
            Reason(Text("The severity is high.", "严重程度高。"), 50.0),
            Reason(Text("A fix exists.", "已有修复。"), 11.5),
        ),
    )
    return msgspec.structs.replace(known, **fields)


def finding(known: Vulnerability, layer: str = "") -> Finding:
    """What is found of a vulnerability."""
    return Finding(
        id=stable_id("fnd", known.id, known.purl, known.path),
        detector="VUL-001",
        kind=FindingKind.VULNERABILITY,
        severity=known.severity,
        asset_id="image-1",
        title=Text(f"Upgrade {known.name}", f"升级 {known.name}"),
        message=Text(f"{known.id} is in {known.name} {known.version}.", f"{known.name} {known.version} 存在 {known.id}。"),
        remediation=Text(f"Upgrade to {known.fixed_in}.", f"升级到 {known.fixed_in}。"),
        location=known.path,
        layer=layer,
        package=known.name,
        purl=known.purl,
        vulnerability=known,
        first_seen=NOW,
        last_seen=NOW,
    )


def other(kind: FindingKind, severity: Severity, location: str) -> Finding:
    """A finding that is no vulnerability."""
    return Finding(
        id=stable_id("fnd", kind.value, location),
        detector=f"IMG-{len(kind.value):03}",
        kind=kind,
        severity=severity,
        asset_id="image-1",
        title=Text(f"Look at {kind.value}", f"查看 {kind.value}"),
        message=Text(f"There is one at {location}.", f"位于 {location}。"),
        remediation=Text("Change it.", "请修改。"),
        location=location,
        evidence="AKIA…(masked)",
        layer=LAYERS[1],
    )


def vex() -> VexStatement:
    """Not affected, with why."""
    return VexStatement(
        vulnerability="CVE-2024-3",
        products=("pkg:generic/redis@7.0.1",),
        status=VexStatus.NOT_AFFECTED,
        justification="vulnerable_code_not_in_execute_path",
        statement="We never call it.",
        document="vex.json",
    )


def inventory() -> ImageInventory:
    """A little image of two layers."""
    return ImageInventory(
        digest=DIGEST,
        reference="registry.example/shop:1",
        source="archive:shop.tar",
        config=ImageConfig(architecture="amd64", os="linux", created="2026-01-02T03:04:05.678Z", diff_ids=LAYERS),
        os=OsRelease(id="debian", version="12", pretty_name="Debian GNU/Linux 12 (bookworm)", codename="bookworm"),
        packages=packages(),
        executables=(),
        layers=LAYERS,
        size=123 << 20,
        files=4321,
        not_examined=("The rest of layer 2 was not read.", HOSTILE),
    )


def report(kind: TargetKind = TargetKind.IMAGE) -> Report:
    """One of everything."""
    ssl, requests, urllib3, _, log4j, node, redis, evil = packages()
    shell = finding(
        vulnerability(log4j, "CVE-2021-44228", severity=Severity.CRITICAL, exploited=True, score=10.0, priority=99.0), LAYERS[1]
    )
    plain = finding(vulnerability(ssl, "CVE-2024-1"), LAYERS[0])
    unfixed = finding(
        vulnerability(
            node, "CVE-2024-2", fixed_in="", severity=Severity.LOW, verdict=Verdict.WILL_NOT_FIX, score=-1.0, vector="odd"
        )
    )
    spared = finding(vulnerability(redis, "CVE-2024-3", vex=vex(), severity=Severity.MEDIUM))
    excused = finding(vulnerability(urllib3, "CVE-2024-4", severity=Severity.MEDIUM))
    also = finding(vulnerability(requests, "CVE-2024-1", severity=Severity.UNKNOWN, summary="", references=()))
    hostile = finding(vulnerability(evil, "CVE-2024-5<script>", summary=HOSTILE, cwes=(HOSTILE,), severity_source=HOSTILE))
    exemption = Exemption(
        id="exc-1",
        reason="Not used; see ticket 7",
        owner="team-shop",
        expires=NOW + 10**16,
        scope=Scope(findings=("CVE-2024-4",)),
    )
    return Report(
        kind=kind,
        target="shop.tar",
        time=NOW,
        seconds=1.25,
        version="0.1.0",
        inventory=inventory(),
        findings=(
            shell,
            plain,
            unfixed,
            also,
            hostile,
            other(FindingKind.SECRET, Severity.HIGH, "app/key.pem"),
            other(FindingKind.CONFIGURATION, Severity.MEDIUM, f"app/{HOSTILE}"),
            other(FindingKind.NOT_EXAMINED, Severity.INFORMATIONAL, ""),
        ),
        not_affected=(spared,),
        excepted=(excused,),
        exceptions=(Excepted(exemption=exemption, hides=(excused.id,)),),
        plan=(
            PlannedChange(
                kind=ChangeKind.UPGRADE,
                what=Text("Upgrade log4j-core to 2.17.1.", "将 log4j-core 升级到 2.17.1。"),
                packages=(log4j.purl,),
                from_version="2.14.1",
                to_version="2.17.1",
                path="app/renamed.jar",
                removes=(shell.id,),
                risk=99.0,
                command="mvn versions:use-dep-version -Dincludes=org.apache.logging.log4j:log4j-core",
            ),
            PlannedChange(
                kind=ChangeKind.REBUILD,
                what=Text("Build again with the distribution's updates.", "使用发行版更新重新构建。"),
                removes=(plain.id,),
                risk=61.5,
            ),
        ),
        advisories=AdvisoryInfo(
            built=NOW - 86_400 * 10**9,
            starter=True,
            digest="sha256:" + "e" * 64,
            feeds=(FeedInfo(name="starter", advisories=30),),
        ),
        scanners=(Scanner.PACKAGES, Scanner.VULNERABILITIES, Scanner.SECRETS, Scanner.CONFIGURATION, Scanner.LICENCES),
    )


def many(count: int) -> Report:
    """A report of so many findings, of a fifth as many packages."""
    base = report()
    made = tuple(
        Package(
            name=f"package-{n}", version=f"1.{n}", type="npm", purl=f"pkg:npm/package-{n}@1.{n}", path=f"app/{n}/package.json"
        )
        for n in range(max(1, count // 5))
    )
    found = tuple(
        finding(
            vulnerability(
                made[n % len(made)],
                f"CVE-2025-{10000 + n}",
                severity=Severity(1 + n % 5),
                score=float(n % 100) / 10,
                priority=float(n % 101),
            ),
            LAYERS[n % 2],
        )
        for n in range(count)
    )
    told = msgspec.structs.replace(base.inventory, packages=made, not_examined=())
    return msgspec.structs.replace(
        base, inventory=told, findings=found, not_affected=(), excepted=(), exceptions=(), plan=base.plan[:1]
    )
