"""OPD Exporter: tells which department websites are alive, and when they last published."""

__version__ = "0.1.0"
