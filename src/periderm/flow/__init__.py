"""The river as visible lists of named stages; back-pressure, batching, retry and supervision live only here."""
