"""The container's health check: `python -m config.healthy` is 0 when /healthz answers 200."""

import http.client
import os
import sys


def main() -> int:
    """Asks the web server of this container, under a host name that it accepts."""
    host = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].lstrip(
        ".*"
    ) or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
