"""Keeps the process small: gives memory that was used for a moment back to the system. It frees nothing that is in use."""

from __future__ import annotations

import ctypes


def give_back_memory() -> bool:
    """Asks the C library for it; False where it knows no such thing (musl). malloc_trim(3): glibc keeps what was freed."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(ctypes.c_size_t(0)))


_M_ARENA_MAX = -8  # malloc.h of glibc


def few_arenas(most: int = 2) -> bool:
    """At most so many heaps for all threads (mallopt(3)): each of them keeps room of its own. Before threads start."""
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    return option is not None and bool(option(_M_ARENA_MAX, most))
