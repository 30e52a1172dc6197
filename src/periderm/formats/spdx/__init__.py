"""SPDX: bills of materials. `writing` makes 2.3 JSON of a report, `reading` takes 2.2, 2.3 and 3.0 of any generator."""
