"""The language of searches: text to a condition, its names and times understood, held against facts, and completed. Pure."""
