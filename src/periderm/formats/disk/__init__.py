"""Disks: their wrappings, partitions, volumes and file systems, read at offsets and never written."""
