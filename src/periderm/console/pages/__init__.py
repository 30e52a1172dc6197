"""The pages of the console: each is one file with a function from `Ask` to HTML. They ask `app` and lay out; no more."""
