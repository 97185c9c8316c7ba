"""sites.yml -> Registry: every mistake of a file at once, and a reload that keeps the last good one."""

from opd_exporter.registry.addresses import parse_url
from opd_exporter.registry.loader import check_file, load
from opd_exporter.registry.mistakes import Mistake, RegistryError, format_mistakes
from opd_exporter.registry.reload import RegistryFile, ReloadResult
from opd_exporter.registry.shard import WHOLE, Shard, shard_of
from opd_exporter.registry.site import Contact, MaintenanceWindow, Note, Registry, Site

__all__ = [
    "WHOLE",
    "Contact",
    "MaintenanceWindow",
    "Mistake",
    "Note",
    "Registry",
    "RegistryError",
    "RegistryFile",
    "ReloadResult",
    "Shard",
    "Site",
    "check_file",
    "format_mistakes",
    "load",
    "parse_url",
    "shard_of",
]
