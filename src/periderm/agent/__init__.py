"""The door of the agent process: reads its arguments, asks app to watch, tells how it ended."""
