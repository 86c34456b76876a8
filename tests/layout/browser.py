"""A headless Chromium that a test controls by the DevTools protocol.

The browser reads messages from descriptor 3 and writes them to descriptor 4, so it
needs no port, and it ends when the test's side of the pipes is closed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Self

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Limits how long a browser that does not answer can block the tests.
PATIENCE = 120
OPTIONS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # which root cannot use; the pages are the project's own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "about:blank",
)


def find_program() -> str | None:
    """Return the path of an installed Chromium."""
    found = (shutil.which(name) for name in PROGRAMS)
    return next((path for path in found if path), None)


class Browser:
    """One Chromium with one page, whose files are all in one folder."""

    def __init__(self, program: str, folder: Path) -> None:
        home = str(folder)
        self.log = folder / "browser.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                # The shell moves stdin and stdout to the descriptors of the protocol.
                [
                    "/bin/sh",
                    "-c",
                    'exec "$@" 3<&0 4>&1 </dev/null >/dev/null',
                    "sh",
                    program,
                    f"--user-data-dir={home}/profile",
                    *OPTIONS,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": home,
                    "TMPDIR": home,
                    "XDG_CACHE_HOME": home,
                    "XDG_CONFIG_HOME": home,
                },
                start_new_session=True,
            )
        self.received = b""
        self.events: list[str] = []
        self.number = 0
        self.session: str | None = None

    def __enter__(self) -> Self:
        """Connect to the page."""
        try:
            targets = self.call("Target.getTargets")["targetInfos"]
            page = next(item for item in targets if item["type"] == "page")
            self.session = self.call(
                "Target.attachToTarget", targetId=page["targetId"], flatten=True
            )["sessionId"]
            self.call("Page.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the browser with all of its processes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.session = None
        with contextlib.suppress(AssertionError, OSError, subprocess.TimeoutExpired):
            self.call("Browser.close")
            self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        assert self.process.stdin is not None
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        self.process.stdin.write(json.dumps(message).encode() + b"\0")
        self.process.stdin.flush()
        while (answer := self.receive()).get("id") != self.number:
            self.events.append(answer.get("method", ""))
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def receive(self) -> dict[str, Any]:
        """Return the next message of the browser."""
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        while b"\0" not in self.received:
            ready, _, _ = select.select([descriptor], [], [], PATIENCE)
            data = os.read(descriptor, 1 << 20) if ready else b""
            assert data, f"the browser ended or does not answer:\n{self.log_text()}"
            self.received += data
        text, _, self.received = self.received.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def log_text(self) -> str:
        """Return the end of what the browser wrote to stderr."""
        return self.log.read_text("utf-8", errors="replace")[-2000:]

    def open(self, path: Path) -> None:
        """Load a page with everything that belongs to it."""
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while "Page.loadEventFired" not in self.events:
            self.events.append(self.receive().get("method", ""))

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme: str) -> None:
        """Change the color scheme that the reader prefers: light or dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, or of its promise."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")
