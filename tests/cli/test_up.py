"""`periderm up`: the way into the console first, what is missing said, and an end that is an end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from periderm import wiring
from periderm.model.settings import Settings
from periderm.model.text import Text
from tests.cli.conftest import Periderm


class Product:
    """A product that runs; `wait` is where a person presses Ctrl-C."""

    def __init__(self) -> None:
        self.settings: list[Settings] = []
        self.stopped = False
        self.checks = 0
        self.missing: tuple[Text, ...] = ()
        self.story: object | None = None

    @contextlib.contextmanager
    def up(self, settings: Settings, *, sample: bool, tell: object, progress: object) -> Iterator[SimpleNamespace]:
        self.settings.append(settings)

        def check() -> None:
            self.checks += 1

        def wait(_: float) -> None:
            if self.checks > 2:
                raise KeyboardInterrupt

        running = SimpleNamespace(link=lambda: f"{settings.url}/sign-in?token=t", check=check)
        try:
            yield SimpleNamespace(up=running, story=self.story if sample else None, missing=self.missing, wait=wait)
        finally:
            self.stopped = True


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> Product:
    """In place of the real one; tests/e2e runs that."""
    made = Product()
    monkeypatch.setattr(wiring, "up", made.up)
    return made


def test_it_runs_until_ctrl_c(periderm: Periderm, product: Product) -> None:
    """Prints the link, looks after its processes, stops, and that is no failure."""
    status, out, err = periderm("up", "--port", "9999")
    assert status == 0
    assert "Console: http://127.0.0.1:9999/sign-in?token=t" in out
    assert product.checks == 3
    assert product.stopped
    assert "Stopping." in err


def test_what_this_machine_lacks_is_said(periderm: Periderm, product: Product) -> None:
    """And the rest goes on."""
    product.missing = (Text("The sensor does not run: no BTF.", "传感器未运行。"),)
    status, _, err = periderm("up")
    assert status == 0
    assert "no BTF" in err


@pytest.mark.parametrize(("outcome", "status"), [(0, 0), (1, 1)])
def test_once_ends_with_the_storys_status(
    periderm: Periderm, product: Product, monkeypatch: pytest.MonkeyPatch, outcome: int, status: int
) -> None:
    """0 if all five points held, else 1; without a terminal nobody has to say --once."""
    product.story = object()
    monkeypatch.setattr("periderm.cli.up.show", lambda *_: outcome)
    assert periderm("up", "--sample", "--once")[0] == status
    assert periderm("up", "--sample")[0] == status
    assert product.checks == 0
    assert product.stopped


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x"])
def test_an_impossible_port_is_usage(periderm: Periderm, product: Product, port: str) -> None:
    """Before anything is started."""
    status, _, err = periderm("up", f"--port={port}")
    assert status == 2
    assert "Traceback" not in err
    assert product.settings == []


def test_a_machine_that_reports_elsewhere_runs_no_server(
    periderm: Periderm, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be two machines in one; what to run instead is said."""
    monkeypatch.setenv("PERIDERM_SERVER", "https://server.example:8844")
    status, _, err = periderm("up")
    assert status == 2
    assert "periderm agent" in err
