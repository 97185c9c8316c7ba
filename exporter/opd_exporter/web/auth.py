"""Basic authentication with bcrypt, off the event loop, with a small cache of what was right.

With users in the web config every route asks for them, as in the exporter-toolkit, except the two health routes and the
program's own style and script. With ``public_read`` reading is open, and the users open the sensitive fields and the
routes that act.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

import bcrypt

if TYPE_CHECKING:
    from aiohttp import web

    from opd_exporter.web.config import WebConfigFile

CACHE_SIZE = 100
MAX_WAITING = 16
"""Password checks that may wait at once; each costs tens of milliseconds of a core."""
MAX_PASSWORD_BYTES = 72
"""bcrypt looks at no more; a longer one is refused, as the reference implementation does."""
# The hash of a random word: a wrong user name must take as long as a wrong password.
_NOBODY = bcrypt.hashpw(secrets.token_hex(16).encode(), bcrypt.gensalt(rounds=10)).decode()


class TooManyAttempts(Exception):  # noqa: N818  a state of affairs, not an error of the program
    """So many passwords are being checked that this one is not."""


def decode_basic(header: str) -> tuple[str, bytes] | None:
    """Name and password of an ``Authorization`` header, or ``None`` when it holds none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return (name.decode(), password) if colon else None
    except ValueError:  # not base64, or a name that is not UTF-8
        return None


class Authenticator:
    """Knows whether a request carries the name and password of a user."""

    def __init__(self, config: WebConfigFile) -> None:
        self._config = config
        self._key = secrets.token_bytes(32)
        self._cache: OrderedDict[bytes, bool] = OrderedDict()
        self._slot = asyncio.Semaphore(1)
        self._waiting = 0

    @property
    def configured(self) -> bool:
        """Whether there is any user at all."""
        return bool(self._config.current().users)

    async def check(self, request: web.Request) -> bool:
        """Whether the request is a user's. False when there are no users. May raise ``TooManyAttempts``."""
        header = request.headers.get("Authorization")
        users = self._config.current().users
        given = decode_basic(header) if users and header is not None else None
        if given is None:
            return False
        name, password = given
        if len(password) > MAX_PASSWORD_BYTES or b"\0" in password:
            return False
        known = users.get(name)
        stored = known if known is not None else _NOBODY
        # The key holds the stored hash: a changed password makes every older answer unreachable.
        message = b"\0".join((name.encode(), stored.encode(), password))
        key = hmac.digest(self._key, message, hashlib.sha256)
        if key not in self._cache:
            self._remember(key, await self._compare(password, stored) and known is not None)
        self._cache.move_to_end(key)
        return self._cache[key]

    async def _compare(self, password: bytes, stored: str) -> bool:
        if self._waiting >= MAX_WAITING:
            raise TooManyAttempts
        self._waiting += 1
        try:
            async with self._slot:
                return await asyncio.to_thread(bcrypt.checkpw, password, stored.encode())
        finally:
            self._waiting -= 1

    def _remember(self, key: bytes, right: bool) -> None:
        self._cache[key] = right
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
