"""How gunicorn serves Touchline, on one machine and in containers: `-c python:config.gunicorn`.

WEB_CONCURRENCY is the number of processes; about one for each core.
"""

import os

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
timeout = 60
graceful_timeout = 5
control_socket_disable = True  # nothing manages it at run time; a read-only home has no room
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - only heartbeats
