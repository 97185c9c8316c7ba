"""Sequences that are kept small."""

from datetime import UTC, datetime

from opd_exporter.models import Folded, Post, PostSource

POSTS = tuple(
    Post(
        f"https://dinkes.example/berita/{n}-kegiatan",
        f"Kegiatan {n}",
        datetime(2026, 11, n, tzinfo=UTC),
        PostSource.FEED,
    )
    for n in range(1, 21)
)


def test_what_is_folded_comes_out_as_it_was() -> None:
    """A folded sequence reads like the tuple it was made of."""
    folded = Folded(POSTS)
    assert folded == POSTS
    assert (len(folded), folded[0], folded[-2:]) == (20, POSTS[0], POSTS[-2:])
    assert [post for post in folded if post.date_only] == list(POSTS)
    assert folded == Folded(POSTS) != Folded(POSTS[1:])
    assert not Folded(())
    assert Folded(()) == ()


def test_it_is_small() -> None:
    """Twenty posts take less than a kilobyte and a half."""
    assert len(Folded(POSTS)._block) < 1_500
