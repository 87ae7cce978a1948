"""The settings of production, with the addresses of the floor beside those of Touchline."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
