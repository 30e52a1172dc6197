"""Memory given back: what a short task needed is not kept for good."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import ctypes
from pathlib import Path
from periderm.adapters.memory_linux import give_back_memory
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.memset.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
size = 100_000  # below what malloc takes from the system piece by piece
pieces = [libc.malloc(size) for _ in range(600)]
for piece in pieces:
    libc.memset(piece, 1, size)
kept = pieces.pop()  # so that the top of the heap stays in use
libc.free.argtypes = (ctypes.c_void_p,)
for piece in pieces:
    libc.free(piece)
rss = lambda: int(Path("/proc/self/statm").read_text().split()[1])
before = rss()
done = give_back_memory()
print(before - rss(), done, hasattr(libc, "malloc_trim"))
"""


def test_what_was_freed_goes_back() -> None:
    """60 MB that were freed are the system's again, where the C library can do so; nothing breaks where it cannot."""
    answer = subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True).stdout.split()
    pages, done, able = int(answer[0]), answer[1], answer[2]
    assert done == able
    assert able == "False" or pages * 4096 > 40_000_000


ARENAS = """
import ctypes, re, threading
from periderm.adapters.memory_linux import few_arenas
done = few_arenas(1)
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = (ctypes.c_size_t,)
places = []
threads = [threading.Thread(target=lambda: places.append(libc.malloc(5000))) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
heap = next(line for line in open("/proc/self/maps") if line.rstrip().endswith("[heap]")).split()[0]
first, last = (int(part, 16) for part in heap.split("-"))
print(done, all(first <= place < last for place in places))
"""


def test_threads_share_one_heap() -> None:
    """What threads ask for lies in the one heap that was allowed, where the C library can be told so."""
    done, shared = subprocess.run([sys.executable, "-c", ARENAS], check=True, capture_output=True, text=True).stdout.split()
    assert done == "False" or shared == "True"
