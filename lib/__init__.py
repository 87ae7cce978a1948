"""Domain-free helpers, one file a subject. Knows no word of sales."""
