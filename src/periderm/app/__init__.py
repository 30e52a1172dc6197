"""Use cases, one file for each thing that a person does; authorisation is checked here."""
