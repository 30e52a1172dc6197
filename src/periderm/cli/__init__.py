"""The door for people and pipelines in a terminal: parse, ask app, render text or JSON."""
