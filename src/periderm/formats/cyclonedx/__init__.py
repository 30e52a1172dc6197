"""CycloneDX: bills of materials with vulnerabilities. `writing` makes them of a report, `reading` takes anybody's."""
