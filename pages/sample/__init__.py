"""The sample organisation: the same for a given day, made through the verbs of real work."""
