"""Opens images that lie in a registry: asks for their documents, and fetches of their layers only those that must be read."""
