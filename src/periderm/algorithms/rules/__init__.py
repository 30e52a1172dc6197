"""The rule language: CEL over typed facts, checked before it is used, bounded while it runs. Ask `language`; packs of rules
with their tests are in `pack`. Knows no capability: what the facts are is given."""
