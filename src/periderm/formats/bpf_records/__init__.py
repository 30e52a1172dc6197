"""Records of the kernel's ring to rows of EVENT_DTYPE.

A slot is 256 bytes: the ring's own header (length and two flag bits) and `struct record` of bpf/record.h. A string
longer than a record comes in parts, before the record that it belongs to.
"""

from periderm.formats.bpf_records.decode import Decoder
from periderm.formats.bpf_records.layout import BUSY, SLOT_BYTES, SLOT_DTYPE, Slots, slots_of

__all__ = ["BUSY", "SLOT_BYTES", "SLOT_DTYPE", "Decoder", "Slots", "slots_of"]
