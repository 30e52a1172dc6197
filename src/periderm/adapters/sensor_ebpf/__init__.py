"""The live sensor by eBPF: `EbpfSensor`, what doctor asks (`capabilities`), `drop_privileges` and `remove_orphans`."""

from periderm.adapters.sensor_ebpf.pins import DEFAULT_PIN_DIR, remove_orphans
from periderm.adapters.sensor_ebpf.privileges import drop_privileges
from periderm.adapters.sensor_ebpf.probe import capabilities
from periderm.adapters.sensor_ebpf.sensor import OBJECT, STALE_SECONDS, EbpfSensor

__all__ = ["DEFAULT_PIN_DIR", "OBJECT", "STALE_SECONDS", "EbpfSensor", "capabilities", "drop_privileges", "remove_orphans"]
