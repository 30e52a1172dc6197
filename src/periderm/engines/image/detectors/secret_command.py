"""Finds secrets in the command that an image starts: its entry point, arguments and health check."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.engines.image.names import ARGUMENT, NO_VALUE
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_PLACE = "command"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-038",
    title=Text("Put a secret into the image's command", "镜像启动命令中含有密钥"),
    message=Text("What the image starts shows {what}.", "镜像的启动命令泄露了 {what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Change the secret and let the program read it from a mounted file: every process of a machine sees arguments.",
        "更换密钥，让程序从挂载的文件读取：命令行参数对机器上的所有进程可见。",
    ),
    techniques=("T1552.001",),
    references=("https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html",),
    fires=(
        Example(GivenImage(config=ImageConfig(command=("serve", "--api-key=9f2c7be1d04a8365"))), "an argument"),
        Example(GivenImage(config=ImageConfig(entrypoint=("serve", "AKIA" + "Q7ZR2NVW4XKB6TJD"))), "a key by its form"),
    ),
    quiet=(Example(GivenImage(config=ImageConfig(command=("serve", "--api-key-file=/run/secrets/key"))), "a place"),),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit: by a secret's form first, then by an argument's name."""
    for found in facts.secrets:
        if found.place == _PLACE:
            yield Hit(location=_PLACE, evidence=found.masked, values={"what": found.what}, severity=found.severity)
            return
    words = " ".join((*facts.config.entrypoint, *facts.config.command, *facts.config.healthcheck))
    match = ARGUMENT.search(words)
    if match and not NO_VALUE.match(match["value"]):
        yield Hit(location=_PLACE, evidence=f"({len(match['value'])} characters)", values={"what": match["name"]})


DETECTOR = Detector(SPEC, judge, FindingKind.SECRET)
