"""One GET with its redirects, hop by hop, as one value.

Every hop is checked anew: scheme, host and address. A redirect to where the monitor must not go ends the exchange with
``left_site``; it is never followed to see what is there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from yarl import URL

from opd_exporter.clock import monotonic, now
from opd_exporter.models import NO_HEADERS, Exchange, Hop, Reason, TlsFacts
from opd_exporter.probe.addresses import host_of, registered_hosts
from opd_exporter.probe.calls import Call, Target
from opd_exporter.probe.connect import Connector, Refused
from opd_exporter.probe.cookies import Cookies
from opd_exporter.probe.decode import Decoded, decode
from opd_exporter.probe.failures import Failure, MonitorFault
from opd_exporter.probe.heads import parse_retry_after
from opd_exporter.probe.limits import BODY_BYTES, MAX_REDIRECTS, Budget
from opd_exporter.probe.proxies import Proxy, parse_proxy, squid_failure
from opd_exporter.probe.requests import build_request
from opd_exporter.probe.timings import Stopwatch
from opd_exporter.probe.urls import MAX_URL, basic_credentials, parse_url, shown, shown_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opd_exporter.probe.answer import Answer
    from opd_exporter.registry.site import Site

MAX_SAME: Final = 2
"""How often the same URL may be asked for with the same cookies."""
_DETAIL: Final = 200
_USERINFO: Final = re.compile(r"//[^/?#]*@")


class Visit:
    """The state of one exchange while it runs.

    Args:
        connector: Opens the connections.
        site: Whose settings apply.
        url: What to get.
        headers: Replace the defaults.
        user_agent: The default User-Agent.
        further: Whether it is one more page rather than the probe.
    """

    def __init__(
        self,
        connector: Connector,
        site: Site,
        url: str,
        headers: Mapping[str, str] | None,
        user_agent: str,
        *,
        further: bool = False,
    ) -> None:
        self._further = further
        self._connector = connector
        self._site = site
        self._url = url
        self._headers = headers
        self._user_agent = user_agent
        self._registered = registered_hosts(site)
        self._cookies = Cookies()
        self._hops: list[Hop] = []
        self._tls: TlsFacts | None = None
        self._watch = Stopwatch()
        self._received = 0
        self._started_at = now()
        self._budget = Budget.of(site.probe_timeout)
        self._current = url
        self._call: Call | None = None

    @property
    def server(self) -> str:
        """Where the last request went, as ``Pace`` names it; empty when there was none."""
        return self._call.server if self._call is not None else ""

    async def run(self) -> Exchange:
        """Make the exchange; a failure is a value."""
        try:
            return await self._follow()
        except Failure as failure:
            return self._conclude(failure.reason, failure.detail)
        except MonitorFault as fault:
            return self._conclude(None, f"monitor: {fault.detail}")

    async def _follow(self) -> Exchange:
        url = parse_url(self._url)
        if url is None:
            return self._conclude(Reason.HTTP_PROTOCOL, "not an http or https URL")
        proxy = self._proxy()
        configured = host_of(url)
        seen: Counter[tuple[str, int]] = Counter()
        while True:
            self._current = shown(url)
            visit = (str(url.with_fragment(None)), self._cookies.fingerprint())
            # Once more than a loop needs: some servers let a visitor in at the second knock without a cookie.
            if seen[visit] == MAX_SAME:
                raise Failure(Reason.TOO_MANY_REDIRECTS, "redirects in a loop")
            if len(self._hops) > MAX_REDIRECTS:
                raise Failure(Reason.TOO_MANY_REDIRECTS, f"more than {MAX_REDIRECTS} redirects")
            seen[visit] += 1
            answer = await self._hop(url, proxy, configured)
            head = answer.head
            if answer.failure is not None or head is None or not head.redirects:
                return self._answered(answer, proxy)
            location = head.headers["Location"]
            if set_cookie := head.headers.getall("Set-Cookie", ()):
                self._cookies.update(url.raw_host or "", set_cookie)
            url = self._next(url, location)

    async def _hop(self, url: URL, proxy: Proxy | None, configured: str | None) -> Answer:
        host = host_of(url) or ""
        target = Target(
            host=host,
            port=url.port or 80,
            secure=url.scheme == "https",
            registered=self._registered,
            verify=self._site.tls_verify,
            proxy=proxy,
        )
        in_clear = proxy if proxy is not None and not target.secure else None
        request = build_request(
            url,
            self._user_agent,
            self._headers,
            cookie=self._cookies.header(host),
            absolute=in_clear is not None,
            authorization=basic_credentials(url) if not self._hops else None,
            proxy_authorization=in_clear.authorization if in_clear else None,
        )
        previous = self._call
        self._call = call = Call(target, request, self._budget, self._watch, BODY_BYTES, self._further)
        try:
            await self._connector.request(call)
        except Refused as refusal:
            if previous is not None:
                self._call = previous  # the redirect is the last thing that the site said
                raise Failure(Reason.LEFT_SITE, f"redirect refused: {refusal.detail}") from None
            reason = Reason.CONNECT_UNREACHABLE if target.trusted else Reason.LEFT_SITE
            raise Failure(reason, refusal.detail) from None
        finally:
            self._note(call, configured)
        answer = call.answer
        assert answer is not None  # noqa: S101 - request sets it or raises
        return answer

    def _note(self, call: Call, configured: str | None) -> None:
        """Keep the hop, and the certificate facts: of the configured host only; a later host's refusal counts too."""
        head = call.answer.head if call.answer is not None else None
        self._received += call.answer.received if call.answer is not None else 0
        location = (
            _USERINFO.sub("//", head.headers["Location"][:MAX_URL]) if head is not None and head.redirects else None
        )
        self._hops.append(
            Hop(
                self._current,
                str(call.address) if call.address is not None else None,
                head.status if head is not None else None,
                location,
            )
        )
        facts = call.tls
        if facts is None:
            return
        if call.target.host == configured:
            if self._tls is None or self._tls.reason is None:
                self._tls = facts
        elif facts.reason is not None and (self._tls is None or self._tls.reason is None):
            mine = self._tls or TlsFacts(None, verified=False)
            self._tls = TlsFacts(
                mine.not_after,
                False,
                mine.chain_complete,
                mine.legacy,
                facts.reason,
                mine.subject,
                mine.issuer,
                mine.version,
            )

    def _next(self, url: URL, location: str) -> URL:
        """Where a redirect leads.

        Raises:
            Failure: ``left_site`` for other schemes, ``http_protocol`` for what is no URL.
        """
        try:
            following = url.join(URL(location[:MAX_URL].replace("\\", "/")))
        except (ValueError, UnicodeError):
            raise Failure(Reason.HTTP_PROTOCOL, "the redirect leads to no URL") from None
        if following.scheme not in {"http", "https"}:
            raise Failure(Reason.LEFT_SITE, f"redirect refused: {following.scheme[:20]} URL")
        try:
            usable = bool(host_of(following)) and following.port is not None and len(str(following)) <= MAX_URL
        except ValueError:
            usable = False
        if not usable:
            raise Failure(Reason.HTTP_PROTOCOL, "the redirect leads to no URL")
        if not following.raw_fragment and url.raw_fragment:
            following = following.with_fragment(url.fragment)
        return following

    def _proxy(self) -> Proxy | None:
        if not self._site.proxy_url:
            return None
        try:
            return parse_proxy(self._site.proxy_url)
        except ValueError as error:
            raise MonitorFault(str(error)) from None

    def _answered(self, answer: Answer, proxy: Proxy | None) -> Exchange:
        failure = answer.failure
        head = answer.head
        if proxy is not None and head is not None and head.status == 407:
            self._call = None
            raise MonitorFault("the proxy wants credentials (407)")
        if proxy is not None and head is not None and failure is None and head.status >= 500:
            failure = squid_failure(head.headers.get("X-Squid-Error", ""))
        if head is None:
            return self._conclude(
                failure.reason if failure else Reason.HTTP_PROTOCOL, failure.detail if failure else ""
            )
        encodings = head.headers.get("Content-Encoding", "")
        raw = bytes(answer.body)
        decoded = decode(raw, encodings, BODY_BYTES) if encodings else Decoded(raw)
        if decoded.broken and failure is None:
            failure = Failure(Reason.HTTP_PROTOCOL, "the content encoding is broken")
        if failure is not None and failure.reason is Reason.TIMEOUT and _is_whole(decoded.body):
            failure = None  # the page is there; only the connection did not end, which no reader notices
        return self._conclude(
            failure.reason if failure else None,
            failure.detail if failure else "",
            answer=answer,
            body=decoded.body,
            truncated=answer.truncated or decoded.truncated,
        )

    def _conclude(
        self,
        reason: Reason | None,
        detail: str,
        *,
        answer: Answer | None = None,
        body: bytes = b"",
        truncated: bool = False,
    ) -> Exchange:
        head = answer.head if answer is not None else None
        last = self._call.answer.head if self._call is not None and self._call.answer is not None else None
        best = head or last
        ended = answer.ended_at if answer is not None and answer.ended_at else monotonic()
        headers = best.headers if best is not None else NO_HEADERS
        return Exchange(
            url=shown_text(self._url),
            final_url=self._current,
            started_at=self._started_at,
            seconds=self._budget.spent(ended),
            status=best.status if best is not None else None,
            headers=headers,
            body=body,
            truncated=truncated,
            hops=tuple(self._hops),
            phases=self._watch.phases(),
            address=next((hop.address for hop in reversed(self._hops) if hop.address), None),
            tls=self._tls,
            http_version=best.version if best is not None else "",
            reason=reason,
            detail=_one_line(detail),
            retry_after=parse_retry_after(headers.get("Retry-After"), now()) if headers else None,
            received=self._received,
        )


def _one_line(text: str) -> str:
    """``text`` as one short line for a log."""
    text = text[:_DETAIL]
    return text if text.isprintable() else "".join(letter for letter in text if letter.isprintable())


def _is_whole(body: bytes) -> bool:
    """Whether an HTML document came to its end."""
    return b"</html>" in body[-1_024:].lower()
