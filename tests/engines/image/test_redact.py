"""Masking what a scan gives away."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import DETECTORS
from periderm.engines.image.redact import Redactor, redacted, suspicious
from periderm.model.image import History, ImageConfig, Package
from tests.images import AWS_KEY

KEY = AWS_KEY.decode()
ALL = [p for d in DETECTORS for p in d.patterns]
REDACTOR = Redactor(ALL)
ARMOUR = (
    "-----BEGIN EC PRIVATE "
    "KEY-----\n" + "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\n" * 3 + "-----END EC PRIVATE KEY-----"
)


def test_every_text_of_a_configuration() -> None:
    """Environment, labels and their names, history and comments, command, entry point and health check."""
    config = ImageConfig(
        environment=(f"A={KEY}", "DB_PASSWORD=t7Kq92xVb", "PATH=/usr/bin", f"{KEY}=1", f"TLS_KEY={ARMOUR}"),
        labels={"note": KEY, KEY: "x", "api_token": "9f2c7be1d04a8365"},
        history=(History(f"RUN curl {KEY}", KEY), History("|1 NPM_TOKEN=9f2c7be1d04a8365 /bin/sh -c npm ci")),
        entrypoint=("serve", f"--key={KEY}"),
        command=("redis", "--password=t7Kq92xVb4"),
        healthcheck=("CMD", KEY),
    )
    shown = repr(REDACTOR.config(config))
    for secret in (KEY, "t7Kq92xVb", "9f2c7be1d04a8365", "MHcCAQEEIIr", "IIrYSSNQFaA2Hwf1duRSx"):
        assert secret not in shown
    assert "PATH=/usr/bin" in shown
    assert "npm ci" in shown


def test_what_holds_no_secret_stays() -> None:
    """The configuration of an ordinary image is not touched, nor called suspicious."""
    config = ImageConfig(
        environment=(
            "PATH=/usr/local/bin:/usr/bin",
            "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
            "PYTHON_VERSION=3.11.7",
            "PYTHON_SHA256=18e1aa7e66ff3a58423d59ed22815a6954e53342122c45df20c96877c062b9b7",
        ),
        labels={"org.opencontainers.image.revision": "6e0c4c7d9a11b0c5d4e3f2a1b0c9d8e7f6a5b4c3"},
        history=(History("/bin/sh -c #(nop) ADD file:b4987bca8c4c4c640d6b71dcccfd7172b44771e0f851a47d05c00c2bd1fbb97b in / "),),
        command=("python3",),
    )
    assert REDACTOR.config(config) == config
    assert not suspicious(config)


@pytest.mark.parametrize("text", [f"X={KEY}ab", "X=https://ci:t7Kq92xVb4@host/", f"X={ARMOUR}"])
def test_suspicion(text: str) -> None:
    """What may be a secret by its form is a reason to load the patterns."""
    assert suspicious(ImageConfig(environment=(text,)))


def test_other_values() -> None:
    """Names of files and addresses of packages are masked too; a value without secrets is the same object."""
    package = Package(
        name="x", version="1", type="npm", purl="pkg:npm/x@1?url=https://ci:t7Kq92xVb4@host/x.tgz", path=f"srv/{KEY}.txt"
    )
    shown = redacted(package, REDACTOR, msgspec.json.Decoder(Package).decode)
    assert KEY not in repr(shown)
    assert "t7Kq92xVb4" not in repr(shown)
    clean = Package(name="x", version="1", type="npm", purl="pkg:npm/x@1")
    assert redacted(clean, REDACTOR, msgspec.json.Decoder(Package).decode) is clean


def test_many_secrets() -> None:
    """More than one search tells: all are masked."""
    keys = [
        f"AKIA{n:04X}".replace("0", "Q").replace("1", "R").replace("8", "S").replace("9", "T") + "NVW4XKB6TJDZ"
        for n in range(60)
    ]
    shown = REDACTOR.text(" ".join(keys))
    assert [key for key in keys if key in shown and shown.count(key)] == []


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Nothing raises, and what is masked once is masked for good."""
    once = REDACTOR.text(text)
    assert REDACTOR.text(once) == once
