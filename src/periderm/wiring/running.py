"""The whole product in one command.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from periderm.model.errors import SensorError
from periderm.model.settings import Settings
from periderm.wiring.doctoring import sensor_missing
from periderm.wiring.machine import bpffs_mounted, unmount_bpffs
from periderm.wiring.processes import service_token, uplink
from periderm.wiring.stored import sample as sample_of
from periderm.wiring.told import own_variables

if TYPE_CHECKING:
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.story import Story
    from periderm.app.up import Up
    from periderm.model.text import Text


def up_parts(settings: Settings, tell: Callable[[str], None], *, agent: bool) -> tuple[Application, Up, SqlStore]:
    """What `periderm up` runs: the store is opened (and brought forward) here, before any process starts."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.processes_local import LocalProcesses
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.up import Up

    clock = SystemClock()
    service_token(settings)
    store = SqlStore(settings.database, clock)
    app = Application(store=store, clock=clock, settings=settings)
    parts = LocalProcesses(), clock, uplink(settings)
    return app, Up(app, *parts, agent=agent, environment=own_variables(), tell=tell), store


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """A running product: `story` is there if the sample was asked for, `missing` says what this machine lacks."""

    up: Up
    story: Story | None
    missing: tuple[Text, ...]
    wait: Callable[[float], None]


@contextlib.contextmanager
def up(
    settings: Settings, *, sample: bool, tell: Callable[[str], None], progress: Callable[[str, float | None], None]
) -> Iterator[Running]:
    """The whole product while the block runs. Everything that was started is stopped at its end, the sample too; SIGTERM
    ends it as Ctrl-C does."""
    import signal
    import time

    from periderm.app.story import Story

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    missing = sensor_missing(settings)
    if missing and sample:
        first = missing[0].pick(settings.language)
        raise SensorError(first, "Image scanning works without it: `periderm scan image`.")
    mounted = bpffs_mounted()
    app, product, store = up_parts(settings, tell, agent=not missing)
    shop = None
    # SIGINT too: a shell without job control starts background commands with SIGINT ignored.
    before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if sample:
            shop = sample_of(settings)
            shop.build(progress)
        story = None
        if shop is not None:

            def show(text: Text, done: float | None) -> None:
                progress(text.pick(settings.language), done)

            # Made before the agent starts: what the agent tells from now on is what counts.
            story = Story(app, shop, alive=product.check, progress=show)
        product.start()
        yield Running(product, story, missing, time.sleep)
    finally:
        # A second Ctrl-C must not leave anything behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            if shop is not None:
                shop.stop()
        finally:
            product.stop()
            store.close()
            if not mounted:
                # The agent mounted it and has given up the right to unmount it.
                unmount_bpffs()
            for number, handler in before.items():
                signal.signal(number, handler)
