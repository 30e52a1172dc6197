"""The order of versions in every ecosystem, one file a scheme; ask `order`. Knows no packages and no advisories."""
