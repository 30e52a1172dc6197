"""The HTTP door: parse, ask app, render JSON. It holds no judgement and no storage."""
