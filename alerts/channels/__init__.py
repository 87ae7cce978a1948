"""Ways to reach somebody outside the app, one file each."""
