"""Protocols only: what the inner rooms ask of the outside world. Each has one conformance suite under tests/ports."""
