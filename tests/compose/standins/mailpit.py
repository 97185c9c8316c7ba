#!/usr/bin/env python3
"""Stands in for Mailpit: SMTP on 1025, and /readyz, /api/v1/messages and /api/v1/message/{ID} on 8025."""

from __future__ import annotations

import asyncio
import email
import http.server
import json
import sys
import threading
import urllib.request
from email import policy
from typing import Any

from aiosmtpd.smtp import SMTP

MAILS: list[dict[str, Any]] = []


class Keeper:
    """Keeps every mail."""

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        """Take one mail."""
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        MAILS.append(
            {
                "ID": str(len(MAILS) + 1),
                "Subject": str(message["Subject"]),
                "To": [{"Address": address} for address in envelope.rcpt_tos],
                "Text": text.get_content() if text else "",
                "HTML": html.get_content() if html else "",
            }
        )
        return "250 kept"


class Api(http.server.BaseHTTPRequestHandler):
    """The calls that the test makes."""

    def do_GET(self) -> None:
        """Answer one call."""
        if self.path.startswith("/api/v1/messages"):
            self._send({"total": len(MAILS), "messages": [{**mail, "Text": "", "HTML": ""} for mail in MAILS[::-1]]})
        elif self.path.startswith("/api/v1/message/"):
            self._send(MAILS[int(self.path.rsplit("/", 1)[1]) - 1])
        else:
            self._send("ok" if self.path == "/readyz" else "unknown", 200 if self.path == "/readyz" else 404)

    def _send(self, value: object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


async def serve() -> None:
    """Run both servers."""
    web = http.server.ThreadingHTTPServer(("", 8025), Api)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), enable_SMTPUTF8=True), "", 1025)
    await server.serve_forever()


if sys.argv[1:] == ["readyz"]:
    urllib.request.urlopen("http://127.0.0.1:8025/readyz", timeout=3).close()
else:
    asyncio.run(serve())
