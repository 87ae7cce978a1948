"""The benchmark: how fast Touchline answers beside the least that Django and the database need."""
