"""A server that answers for every host of the corpus: a plain HTTP forward proxy on a loopback port.

Requests come in absolute form (``GET http://host/path``), as to any proxy; links in bodies and ``Location`` headers are
rewritten to http, so that nothing asks for a tunnel. Hosts of no case are answered 502, as a proxy does.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from .cases import Case

_TEXT = ("text/", "xml", "json", "javascript", "html")


class World:
    """Knows what each host answers."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases = {case.host: case for case in cases}
        self.foreign: dict[str, Case] = {}
        for case in self.cases.values():
            for key in case.routes:
                if "://" in key:
                    self.foreign[_plain(key)] = case
        self.requests: list[tuple[str, str]] = []

    def answer(self, url: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of ``url``."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        self.requests.append((host, parts.path))
        case = self.cases.get(host)
        if case is None:
            case = self.foreign.get(_plain(url)) or self.foreign.get(_plain(url.split("?", maxsplit=1)[0]))
            if case is None:
                return 502, {"Content-Type": "text/plain"}, b"no such host in the corpus\n"
            routes = {_plain(key): value for key, value in case.routes.items() if "://" in key}
            route = routes.get(_plain(url)) or routes.get(_plain(url.split("?", maxsplit=1)[0])) or {"status": 404}
            return self._render(case, route, headers)
        path = parts.path or "/"
        full = path + ("?" + parts.query if parts.query else "")
        route = (
            case.routes.get(full)
            or case.routes.get(path)
            or case.routes.get("*")
            or {"status": 404, "headers": {}, "body": ""}
        )
        return self._render(case, route, headers)

    def _render(
        self, case: Case, route: dict[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        lower = {name.lower(): value for name, value in headers.items()}
        for variant in route.get("variants", ()):
            if all(text.lower() in lower.get(name.lower(), "").lower() for name, text in variant["when"].items()):
                route = {
                    **{k: v for k, v in route.items() if k not in {"variants", "file", "body"}},
                    **{k: v for k, v in variant.items() if k != "when"},
                }
                break
        body = (case.folder / route["file"]).read_bytes() if "file" in route else str(route.get("body", "")).encode()
        given = {
            name: _http(value.replace("%DATE%", formatdate(usegmt=True)))
            for name, value in route.get("headers", {}).items()
        }
        kind = next((value for name, value in given.items() if name.lower() == "content-type"), "text/html")
        if any(word in kind for word in _TEXT):
            body = body.replace(b"https://", b"http://").replace(b"https:\\/\\/", b"http:\\/\\/")
        return int(route.get("status", 200)), given, body


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return (parts.hostname or "") + (parts.path or "/") + ("?" + parts.query if parts.query else "")


def _http(value: str) -> str:
    return value.replace("https://", "http://")


@asynccontextmanager
async def serve(world: World) -> AsyncIterator[str]:
    """Run the proxy; gives its URL."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            _, url, _ = head[0].split(" ", 2)
            headers = {
                name.strip(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            status, given, body = world.answer(url, headers)
            lines = [f"HTTP/1.1 {status} Corpus"]
            lines += [
                f"{name}: {value}"
                for name, value in given.items()
                if name.lower() not in {"content-length", "transfer-encoding", "connection", "content-encoding"}
            ]
            lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
            writer.write("\r\n".join(lines).encode("latin-1", "replace") + (b"" if status in {204, 304} else body))
            await writer.drain()
        except (ConnectionError, ValueError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
