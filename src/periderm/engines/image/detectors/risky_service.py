"""Finds network services that few images need: telnet, rsh, FTP, VNC and others, and those that a user lists. Does not tell
whether they are started. SSH servers are IMG-017."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.engines.image.services import SERVICES
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import ExecutableFile, Package
from periderm.model.service import RiskyService
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FOLDERS = ("bin", "sbin", "libexec", "local/bin", "local/sbin")
_OWN = RiskyService(
    name="acmed", programs=("acmed",), why=Text("It asks nobody.", "它不验证身份。"), instead=Text("Remove it.", "请移除。")
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-080",
    title=Text("Contain a risky network service", "含有高风险网络服务"),
    message=Text("The image holds {name} ({what}). {why}", "镜像含有 {name}（{what}）。{why}"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Remove the package, or move the service into an image of its own.", "删除该软件包，或将该服务移至专用镜像。"
    ),
    techniques=("T1133", "T1021"),
    fires=(
        Example(GivenImage(layers=((GivenFile("usr/sbin/in.telnetd", b"\x7fELF", 0o755),),)), "telnet"),
        Example(
            GivenImage(
                packages=(Package(name="vsftpd", version="3.0.3-13", type="deb", purl="pkg:deb/debian/vsftpd@3.0.3-13"),)
            ),
            "a package of FTP",
        ),
        Example(
            GivenImage(layers=((GivenFile("opt/acme/bin/acmed", b"\x7fELF", 0o755),),), services=(_OWN,)), "a user's own list"
        ),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/bin/telnet", b"\x7fELF", 0o755),),)), "a client"),
        Example(GivenImage(layers=((GivenFile("srv/ftpd", b"x", 0o644),),)), "no program"),
        Example(GivenImage(packages=(Package(name="ftp", version="1", type="npm", purl="pkg:npm/ftp@1"),)), "a library's name"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a service."""
    programs: dict[str, ExecutableFile] = {}
    for file in facts.executables:
        folder, _, name = file.path.rpartition("/")
        if folder.endswith(_FOLDERS):
            programs.setdefault(name, file)
    packages = {package.name: package for package in facts.packages if package.type in ("deb", "rpm", "apk")}
    for service in (*SERVICES, *facts.services):
        files = [programs[name] for name in service.programs if name in programs]
        brought = [packages[name] for name in service.packages if name in packages]
        if files or brought:
            what = ", ".join([f.path for f in files[:4]] + [f"{p.name} {p.version}" for p in brought[:4] if not files])
            values: dict[str, str | Text] = {"name": service.name, "what": what, "why": service.why}
            message = SPEC.message.fill(**values)
            yield Hit(
                location=files[0].path if files else f"package:{brought[0].name}",
                evidence=what,
                layer=files[0].layer if files else brought[0].layer,
                package=files[0].package if files else brought[0].name,
                message=Text(f"{message.en} {service.instead.en}", f"{message.zh}{service.instead.zh}"),
                severity=service.severity,
            )


DETECTOR = Detector(SPEC, judge)
