"""A real SMTP server that keeps what it is given, in memory and as files that one can open."""

from __future__ import annotations

import asyncio
import email
import re
import threading
import time
from dataclasses import dataclass
from email import policy
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

from support.tools import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

MAILS = REPOSITORY / "build" / "mails"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as delivered."""

    at: float
    """Unix seconds."""
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str

    def __str__(self) -> str:
        return f"{self.subject!r} to {', '.join(self.recipients)}"


class Mailbox:
    """Receives mail on a port of its own, on loopback.

    Args:
        name: Folder below ``build/mails`` that gets every mail as ``.eml``, ``.html`` and ``.txt``.
    """

    def __init__(self, name: str) -> None:
        self.folder: Path = MAILS / name
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        self.mails: list[Mail] = []
        self._arrived = threading.Condition()
        # Not aiosmtpd's own controller: that one wants to know its port beforehand.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"smtp-{name}", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: SMTP(self, loop=self._loop, hostname="surel"), "127.0.0.1", 0)

    async def _hang_up(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.05)

    def stop(self) -> None:
        """Close the port."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one mail (aiosmtpd calls this)."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = email.message_from_bytes(content, policy=policy.default)
        mail = Mail(
            at=time.time(),
            recipients=tuple(sorted(envelope.rcpt_tos)),
            subject=str(message["Subject"]),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )
        stem = f"{len(self.mails) + 1:02d}-{re.sub(r'[^A-Za-z0-9]+', '-', mail.subject).strip('-')[:70]}"
        (self.folder / f"{stem}.eml").write_bytes(content)
        (self.folder / f"{stem}.html").write_text(mail.html)
        (self.folder / f"{stem}.txt").write_text(f"Subject: {mail.subject}\n\n{mail.text}")
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        return "250 kept"

    def wait(self, what: Callable[[Mail], bool], seconds: float, why: str) -> Mail:
        """The first mail for which ``what`` is true, waiting for it up to ``seconds``."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                for mail in self.mails:
                    if what(mail):
                        return mail
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"no mail within {seconds:.0f} s: {why}; there are: {self.subjects()}")
                self._arrived.wait(left)

    def subjects(self) -> list[str]:
        """Subjects so far, oldest first."""
        return [mail.subject for mail in self.mails]


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body(preferencelist=(subtype,))
    return "" if body is None else str(body.get_content())
