"""Judgement, one package a capability: pure and streaming, time comes from what is observed."""
