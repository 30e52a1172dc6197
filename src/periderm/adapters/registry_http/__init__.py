"""Asks image registries over HTTP with the standard library alone: signed in, resumed, bounded, and never led astray."""
