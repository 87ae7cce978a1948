"""Case-insensitive search that is the same on SQLite and PostgreSQL.

SQLite folds ASCII only, so text to be searched is folded in Python into a column of its own.
"""

import unicodedata


def fold(*texts: str) -> str:
    """The texts as one line, without case and accents: `fold("Ünal", "AG") == "unal ag"`.

    NUL is left out: PostgreSQL takes none, not even to compare with.
    """
    joined = " ".join(text for text in texts if text).replace("\0", "")
    plain = unicodedata.normalize("NFKD", joined)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()
