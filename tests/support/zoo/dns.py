"""Names that do not resolve, resolve late, or resolve to where a monitor must not go."""

from __future__ import annotations

from support.names import Answer, addresses, by_kind, cname, code, in_turn, rubbish, silence
from support.zoo.cage import PAGE, Cage, Expect

READ = Expect(status=200, size=len(PAGE))
TEMPORARY = Expect(reason="dns_temporary")
ABSENT = Expect(reason="dns_not_found")
FORBIDDEN = Expect(reason="connect_unreachable", detail="forbidden")
_HERE = addresses("127.0.0.1")

_NAMES: dict[str, tuple[str, Answer, Expect]] = {
    "dns-nxdomain": ("a name that does not exist", code("NXDOMAIN"), ABSENT),
    "dns-nodata": ("a name without addresses", addresses(), ABSENT),
    "dns-servfail": ("a name server that fails", code("SERVFAIL"), TEMPORARY),
    "dns-refused": ("a name server that refuses", code("REFUSED"), TEMPORARY),
    "dns-silent": ("a name server that is silent", silence, TEMPORARY),
    "dns-rubbish": ("a name server that answers rubbish", rubbish, TEMPORARY),
    "dns-flaky": ("fails once, then answers", in_turn(code("SERVFAIL"), _HERE), READ),
    "dns-alias": ("an alias", cname("real.zoo.test", "127.0.0.1"), READ),
    "dns-alias-loop": ("an alias of itself", cname("dns-alias-loop.zoo.test"), ABSENT),
    "dns-many": ("a hundred addresses", addresses(*["127.0.0.1"] * 100), READ),
    "dns-silent-aaaa": ("AAAA is never answered", by_kind(A=_HERE, AAAA=silence), READ),
    "dns-failing-aaaa": ("AAAA fails", by_kind(A=_HERE, AAAA=code("SERVFAIL")), READ),
    "dns-nxdomain-aaaa": ("AAAA says that the name does not exist", by_kind(A=_HERE, AAAA=code("NXDOMAIN")), READ),
    "dns-link-local": ("leads to the metadata service", addresses("169.254.169.254"), FORBIDDEN),
    "dns-zero": ("leads to 0.0.0.0", addresses("0.0.0.0"), FORBIDDEN),
    "dns-multicast": ("leads to a multicast address", addresses("224.0.0.251"), FORBIDDEN),
    "dns-mapped-v6": ("leads to link-local mapped into IPv6", addresses("::ffff:a9fe:a9fe"), FORBIDDEN),
    "dns-half-forbidden": ("one address is forbidden, one is good", addresses("169.254.169.254", "127.0.0.1"), READ),
}

CAGES = [Cage(label, what, expect, kind="dns") for label, (what, _, expect) in _NAMES.items()]
ANSWERS: dict[str, Answer] = {f"{label}.zoo.test": answer for label, (_, answer, _) in _NAMES.items()}
ANSWERS |= {
    "*.zoo.test": _HERE,
    "dead-aaaa.zoo.test": addresses("::1", "127.0.0.1"),
    "neighbour.zoo.test": addresses("127.0.0.2"),
    "gone.zoo.test": code("NXDOMAIN"),
    "inside.zoo.test": addresses("10.0.0.5"),
    "metadata.zoo.test": addresses("169.254.169.254"),
}
