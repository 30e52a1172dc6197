"""Rules that users write for runtime events: facts about an event, and packs that become detectors."""
