"""Finds images whose environment switches the checking of certificates off for the programs in them."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SWITCHES = {
    "NODE_TLS_REJECT_UNAUTHORIZED": ("0",),
    "PYTHONHTTPSVERIFY": ("0",),
    "GIT_SSL_NO_VERIFY": ("1", "true"),
    "NPM_CONFIG_STRICT_SSL": ("false",),
    "YARN_ENABLE_STRICT_SSL": ("false",),
    "GOSUMDB": ("off",),
    "CONDA_SSL_VERIFY": ("false",),
}

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-101",
    title=Text("Set a variable that stops certificate checks", "设置变量关闭证书检查"),
    message=Text("{name} switches verification off for the programs of the image.", "{name} 关闭了镜像中程序的证书验证。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Leave the variable out, and add the missing CA's certificate (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE).",
        "去掉该变量，并添加缺少的 CA 证书（NODE_EXTRA_CA_CERTS、SSL_CERT_FILE）。",
    ),
    techniques=("T1557",),
    weaknesses=("CWE-295",),
    fires=(Example(GivenImage(config=ImageConfig(environment=("NODE_TLS_REJECT_UNAUTHORIZED=0",))), "for node"),),
    quiet=(Example(GivenImage(config=ImageConfig(environment=("NODE_TLS_REJECT_UNAUTHORIZED=1", "PATH=/bin"))), "left on"),),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a variable."""
    for variable in facts.config.environment:
        name, _, value = variable.partition("=")
        if value.lower() in _SWITCHES.get(name.upper(), ()):
            yield Hit(location=f"env:{name}", evidence=variable[:100], values={"name": name})


DETECTOR = Detector(SPEC, judge)
