"""The playbook as CSV files, in and out, through the import of pipeline/imports."""
