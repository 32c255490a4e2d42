"""A small program in the service's place: answers on its port, and notes who was still there when it was stopped."""

import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import FrameType

NOTES = Path(os.environ["STAND_IN_NOTES"])


class Healthy(BaseHTTPRequestHandler):
    """Answers everything with its own process id."""

    def do_GET(self) -> None:
        """Healthy."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def stop(_: int, __: FrameType | None) -> None:
    """Note whether the Temporal server still listens, and go."""
    host, _colon, port = os.environ["TEMPORAL_ADDRESS"].partition(":")
    with socket.socket() as probe:
        NOTES.write_text("temporal up" if probe.connect_ex((host, int(port))) == 0 else "temporal down")
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    HTTPServer(("127.0.0.1", int(os.environ["ONEOWNER_PORT"])), Healthy).serve_forever()
