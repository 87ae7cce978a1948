"""The sample organisation: deterministic for a given day, made through the same verbs as real work."""
