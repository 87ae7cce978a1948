"""What bin/start checks before anything slow; needs nothing but Python 3.11."""

import os
import platform
import socket
import sys
from pathlib import Path

SOCKET_PATH_LIMIT = 100  # the kernel allows 108 bytes on Linux, 104 on macOS
VALKEY_MACHINES = {"linux": {"x86_64", "aarch64"}, "darwin": {"x86_64", "arm64"}}


def libc() -> str:
    """`glibc`, `musl` or, outside Linux, an empty string."""
    if sys.platform != "linux":
        return ""
    return "glibc" if platform.libc_ver()[0] == "glibc" else "musl"


def address_problem(bind: str, port: str) -> str:
    """Why the web server could not listen there, or an empty string."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        return f"PORT={port} is no port: choose a number from 1 to 65535, such as PORT=8000."
    try:
        family, kind, _, _, address = socket.getaddrinfo(bind, int(port), type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except socket.gaierror:
        return f"BIND={bind} is no address of this machine: try BIND=127.0.0.1 or BIND=0.0.0.0."
    except PermissionError:
        return f"Port {port} is reserved for root: choose one above 1023, such as PORT=8000."
    except OSError as error:
        return (
            f"Cannot listen on {bind} port {port}: {error.strerror}.\n"
            f"If something else runs there, stop it or choose another port: PORT={int(port) + 1}"
        )
    return ""


def queue_problem(var: Path) -> str:
    """Why the bundled Valkey cannot run here, or an empty string."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if machine not in VALKEY_MACHINES.get(sys.platform, set()) or libc() == "musl":
        return (
            f"There is no bundled Valkey for this platform ({sys.platform}, {machine}"
            f"{', musl' if libc() == 'musl' else ''}).\n"
            "Name a Redis or Valkey server, such as REDIS_URL=redis://127.0.0.1:6379/0,\n"
            "or run Touchline in containers: docker compose up (see docs/operations.md)."
        )
    if len(os.fsencode(var / "valkey.sock")) > SOCKET_PATH_LIMIT:
        return f"The path {var} is too long for a socket: name a shorter folder in VAR_DIR."
    return ""


def folder_problem(var: Path) -> str:
    """Why nothing can be kept in `var`, or an empty string."""
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"Cannot make the folder {var}: {error.strerror}. Name another one in VAR_DIR."
    if not os.access(var, os.W_OK):
        return f"Cannot write to the folder {var}. Name another one in VAR_DIR."
    return ""


def main() -> int:
    """Prints the first thing that stands in the way and returns 1; 0 when nothing does."""
    if sys.argv[1:] == ["libc"]:
        print(libc())
        return 0
    var = Path(os.environ.get("VAR_DIR") or "var").resolve()
    problem = (
        address_problem(os.environ.get("BIND") or "127.0.0.1", os.environ.get("PORT") or "8000")
        or ("" if os.environ.get("REDIS_URL") else queue_problem(var))
        or folder_problem(var)
    )
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
