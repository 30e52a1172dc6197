"""The schema's history, one file a step, oldest first. A step is never changed once it was released."""
