"""What a lasting process does once it is ready, beside its work: prepares what the first caller would else wait for, and tells
the collector of cycles that what is there now stays. Judges nothing about what is prepared.

A full collection looks at all that a server holds, some hundred thousand objects, while every thread waits: it was most of the
time that the slowest pages took. What is frozen is not looked at again (https://docs.python.org/3/library/gc.html).
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

THRESHOLDS = (10_000, 20, 20)  # a page makes tens of thousands of objects, all of which are gone when it is drawn


def settle(ready: Callable[[], None], prepare: Callable[[], None]) -> None:
    """Says `ready`, then does the rest on a thread called 'settling'; the process may end meanwhile."""
    ready()
    threading.Thread(target=_settle, args=(prepare,), name="settling", daemon=True).start()


def _settle(prepare: Callable[[], None]) -> None:
    try:
        prepare()
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
