"""What the tests stand on: a real database, a real queue, a real browser, and the whole suite."""
