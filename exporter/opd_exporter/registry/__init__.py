"""sites.yml -> Registry: every mistake of a file at once, and a reload that keeps the last good one."""

from opd_exporter.registry.site import Contact, MaintenanceWindow, Note, Registry, Site

__all__ = ["Contact", "MaintenanceWindow", "Note", "Registry", "Site"]
