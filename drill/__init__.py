"""Alerts under fire: what is lost or told twice while everything is killed and taken away."""
