"""Real containers for the adapters' own tests."""

from tests.ports.conftest import tiny_container, tiny_image

__all__ = ["tiny_container", "tiny_image"]
