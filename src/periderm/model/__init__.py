"""The nouns of Periderm. Values only: nothing here waits, opens, looks at a clock or decides that something is wrong."""
