"""``python -m opd_exporter`` is ``opd-exporter``."""

from opd_exporter.cli import main

main()
