"""Finding a real Chromium, and installing one where that takes one command."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HOW = "Install Chromium or Google Chrome, or name its program in CHROMIUM."


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM, else the first one found; None without any."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((path for path in MAC if Path(path).exists()), None)


def install_browser() -> str | None:
    """On Debian as root, installs Chromium by apt-get; the path of a browser, or None."""
    apt = shutil.which("apt-get")
    if find_browser() or sys.platform != "linux" or apt is None or os.geteuid() != 0:
        return find_browser()
    print("No browser found: installing chromium by apt-get ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [
        apt,
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        "chromium",
        "fonts-dejavu-core",
    ]
    for command in ([apt, "update", "-qq"], install):
        subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return find_browser()


def launch_arguments() -> dict[str, object]:
    """What Playwright's launch() needs; Chromium's sandbox does not work as root."""
    arguments = ["--disable-dev-shm-usage", "--disable-gpu"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": find_browser(), "args": arguments}
