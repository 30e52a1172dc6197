"""Commands that last are stopped by SIGINT and SIGTERM, however they were started."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from periderm.cli.stopping import stopped_by_signals

# As a shell without job control starts what ends with `&`.
IN_THE_BACKGROUND = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
LASTING = """
import threading
from periderm.cli.stopping import stopped_by_signals
try:
    with stopped_by_signals():
        print("lasts", flush=True)
        threading.Event().wait()
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_job_in_the_background_is_stopped(number: signal.Signals) -> None:
    """By either signal, though it was started with SIGINT ignored."""
    command = [*IN_THE_BACKGROUND, sys.executable, "-c", LASTING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "lasts\n"
            child.send_signal(number)
            assert child.stdout.readline() == "stopped\n"
        finally:
            child.kill()


def test_afterwards_all_is_as_before() -> None:
    """Also where the block failed; in another thread nothing is touched."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt), stopped_by_signals():
        signal.raise_signal(signal.SIGTERM)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    seen: list[object] = []

    def elsewhere() -> None:
        with stopped_by_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before[1]]
