"""What several engines mean together: incident chains ordered as attacks are."""
