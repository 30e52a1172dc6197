"""Periderm: native security for cloud-native workloads."""

__version__ = "0.1.0"
