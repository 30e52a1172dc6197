"""Makes the reference pages from the code that they describe. Each module returns pages; writing them is tools/docs.py."""
