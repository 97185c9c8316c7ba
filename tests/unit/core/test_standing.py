"""How findings and dates become a status."""

from datetime import UTC, datetime, timedelta

import pytest

from opd_exporter.models import Check, Finding, Post, PostSource, Reason, Status
from opd_exporter.registry import Site
from opd_exporter.state import Publishing, Standing, decide, status_by_date

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC).timestamp()
DAY = 86_400.0
SITE = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example/")


def finding(check: Check, reason: Reason | None = None, at: float = NOW, *, readable: bool = True) -> Finding:
    """What one run of ``check`` said."""
    return Finding(check, at, reason, readable=readable)


def standing(*findings: Finding) -> Standing:
    """The standing after these findings, in order."""
    result = Standing()
    for one in findings:
        result = result.with_finding(one)
    return result


def published(days_ago: float) -> Publishing:
    """A site whose newest post is so many days old."""
    moment = datetime.fromtimestamp(NOW, UTC) - timedelta(days=days_ago)
    return Publishing(Post("https://dinkes.example/1", "Judul", moment, PostSource.FEED))


@pytest.mark.parametrize(
    ("days_ago", "status"),
    [(0, Status.ACTIVE), (10, Status.ACTIVE), (10.01, Status.LATE), (90, Status.LATE), (90.01, Status.DORMANT)],
)
def test_age_decides_a_readable_site(days_ago: float, status: Status) -> None:
    """A limit that is reached is not yet exceeded."""
    assert status_by_date(published(days_ago), 10 * DAY, 90 * DAY, NOW) is status


def test_future_post_is_not_a_negative_age() -> None:
    """A post of a clock ahead of ours counts as now."""
    assert status_by_date(published(-0.5), 10 * DAY, 90 * DAY, NOW) is Status.ACTIVE


def test_without_a_date_nothing_is_guessed() -> None:
    """No post, or only one that the site has stopped showing, is undated and never active."""
    assert status_by_date(Publishing(), 10 * DAY, 90 * DAY, NOW) is Status.UNDATED
    vanished = Publishing(published(1).last_post, dated=False)
    assert status_by_date(vanished, 10 * DAY, 90 * DAY, NOW) is Status.UNDATED


def test_never_probed_or_without_address_is_pending() -> None:
    """Nothing is known of a site that nobody has asked."""
    assert decide(Standing(), published(1), SITE, 10 * DAY, NOW).status is Status.PENDING
    homeless = Site("a", "A", "A", None)
    probed = standing(finding(Check.PROBE))
    assert decide(probed, published(1), homeless, 10 * DAY, NOW).status is Status.PENDING


@pytest.mark.parametrize(
    ("reasons", "status", "reason"),
    [
        ((Reason.TIMEOUT, Reason.GAMBLING_LINKS, None), Status.COMPROMISED, Reason.GAMBLING_LINKS),
        ((Reason.WAF_CHALLENGE, Reason.MAINTENANCE, None), Status.DOWN, Reason.MAINTENANCE),
        ((Reason.WAF_CHALLENGE, None, None), Status.BLOCKED, Reason.WAF_CHALLENGE),
        ((None, None, Reason.GAMBLING_CLOAKED), Status.COMPROMISED, Reason.GAMBLING_CLOAKED),
        ((None, None, None), Status.ACTIVE, None),
    ],
)
def test_worst_finding_decides(reasons: tuple[Reason | None, ...], status: Status, reason: Reason | None) -> None:
    """Compromised goes before down, down before blocked, and all before the date."""
    findings = [finding(check, why) for check, why in zip(Check, reasons, strict=True)]
    decision = decide(standing(*findings), published(1), SITE, 10 * DAY, NOW)
    assert (decision.status, decision.reason) == (status, reason)


def test_a_finding_ends_only_by_its_own_check() -> None:
    """A clean probe does not clear what the content check found."""
    after = standing(finding(Check.CONTENT, Reason.MAINTENANCE), finding(Check.PROBE))
    assert after.worst is not None
    assert after.worst.reason is Reason.MAINTENANCE
    assert after.with_finding(finding(Check.CONTENT)).worst is None


def test_a_compromise_needs_two_clean_runs() -> None:
    """Kits hide from some requests: one clean look proves nothing, and a failed one is not clean."""
    hacked = standing(finding(Check.CONTENT, Reason.GAMBLING_LINKS))
    once = hacked.with_finding(finding(Check.CONTENT))
    assert once.worst is not None
    failed = once.with_finding(finding(Check.CONTENT, Reason.MAINTENANCE))
    assert failed.worst is not None
    assert failed.worst.reason is Reason.GAMBLING_LINKS
    assert failed.with_finding(finding(Check.CONTENT)).worst is None


def test_a_new_sight_starts_the_count_again() -> None:
    """Clean, hacked, clean is not two clean runs."""
    flapping = standing(
        finding(Check.CONTENT, Reason.GAMBLING_LINKS),
        finding(Check.CONTENT),
        finding(Check.CONTENT, Reason.GAMBLING_LINKS),
        finding(Check.CONTENT),
    )
    assert flapping.worst is not None


def test_a_hacked_site_is_up_while_its_content_is_read() -> None:
    """``opd_site_up`` follows what a citizen sees."""
    links = finding(Check.CONTENT, Reason.GAMBLING_LINKS)
    assert standing(finding(Check.PROBE), links).readable is True
    assert standing(finding(Check.PROBE, Reason.GAMBLING_REDIRECT, readable=False)).readable is False
    assert standing(finding(Check.PROBE, Reason.CONNECT_REFUSED), links).readable is False


def test_blocked_says_nothing_about_citizens() -> None:
    """A firewall that answers the monitor leaves ``opd_site_up`` unknown."""
    blocked = standing(finding(Check.PROBE, Reason.WAF_CHALLENGE))
    assert blocked.readable is None
    assert decide(blocked, published(1), SITE, 10 * DAY, NOW).readable is None
