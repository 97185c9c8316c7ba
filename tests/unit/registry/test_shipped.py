"""The registry that ships with the product."""

from pathlib import Path

from opd_exporter.registry import check_file, load
from opd_exporter.registry.schema import Defaults

SITES = Path(__file__).parents[3] / "sites.yml"
EVIDENCED = {"dindikbud", "dinkes", "disnakertrans", "dkpp", "diskominfosatik"}


def test_the_shipped_registry_has_no_mistake() -> None:
    """The file at the root of the repository loads."""
    assert check_file(SITES) == []


def test_only_evidenced_hosts_are_live() -> None:
    """Five addresses were seen in public sources; every other OPD is listed without one and says so."""
    registry = load(SITES)
    assert len(registry.sites) == 30
    known = {site.id: site.url for site in registry.sites.values() if site.url}
    assert known == {name: f"https://{name}.serangkab.go.id/" for name in EVIDENCED}
    assert SITES.read_text(encoding="utf-8").count("    url: null  # isi alamat\n") == 25


def test_nothing_is_made_up_about_people() -> None:
    """No contact, note, admin link or maintenance ships with the product."""
    for site in load(SITES).sites.values():
        assert not site.contact.email
        assert site.note.kendala is None
        assert site.admin_url is None
        assert site.maintenance == ()


def test_every_default_is_written_out() -> None:
    """The operations team sees every setting of ``defaults`` in the file, at the value that holds without it."""
    text = SITES.read_text(encoding="utf-8")
    for key in Defaults.known_keys():
        assert f"\n  {key}: " in text, key
    shipped = load(SITES).sites["dinkes"]
    for name, info in Defaults.model_fields.items():
        if hasattr(shipped, name) and name != "off_days":
            assert getattr(shipped, name) == info.default, name
