"""Finds keys of model providers in files: they are paid by use, and stolen for that."""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

PATTERNS = (
    SecretPattern(
        name="openai-key",
        what=Text("OpenAI API key", "OpenAI API 密钥"),
        quick=rb"sk-[A-Za-z0-9_-]{20,100}T3BlbkFJ",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>sk-[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100})"),
        entropy=4.0,
        show=3,
    ),
    SecretPattern(
        name="anthropic-key",
        what=Text("Anthropic API key", "Anthropic API 密钥"),
        quick=rb"sk-ant-[a-z0-9]{5}-[A-Za-z0-9_-]{80}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>sk-ant-[a-z0-9]{5}-[A-Za-z0-9_-]{80,120})"),
        entropy=4.0,
        show=7,
    ),
    SecretPattern(
        name="hugging-face-token",
        what=Text("Hugging Face token", "Hugging Face 令牌"),
        quick=rb"hf_[A-Za-z]{34}",
        exact=re.compile(rb"(?<![A-Za-z0-9_])(?P<secret>hf_[A-Za-z]{34})(?![A-Za-z0-9])"),
        entropy=3.8,
        show=3,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-006",
    title=Text("Keep a model provider's key in the image", "镜像中留有大模型服务密钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the key, set a spending limit, and hand the new one over at run time.",
        "吊销密钥，设置消费上限，并在运行时提供新密钥。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/.env", b"KEY=hf_" + b"QkvTzmWxRbLnYcHsDfGjPaEuIoSwNqBdXe\n"),),)),
            "a token in an environment file",
        ),
    ),
    quiet=(Example(GivenImage(layers=((GivenFile("app/.env", b"KEY=hf_yourtoken\n"),),)), "a place to be filled in"),),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
