"""Targets and posted counts as CSV files, through the import of pipeline/imports."""
