"""`ports.host_state.HostLook` over /proc, /sys and bpf(2)."""

from __future__ import annotations

from periderm.adapters.host_state_linux.look import LinuxHostLook

__all__ = ["LinuxHostLook"]
