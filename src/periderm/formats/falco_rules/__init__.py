"""Falco's rule files: read with their lists, macros, overrides and exceptions, and said again in the product's own language
where that means the same. What does not is told with the reason."""
