"""Importing CSV files: read, survey, map, check all rows, commit, report.

`reading` streams a file's rows; `survey` looks at all of them once; `formats` infers decimal mark
and date order; `kinds` names the fields; `cells` reads one value; `drafts` one row; `references`
finds what rows name; `people`, `accounts`, `products` and `opportunities` write a batch; `engine`
runs a check or a commit batch by batch so that it can be killed at any moment and carry on.
"""
