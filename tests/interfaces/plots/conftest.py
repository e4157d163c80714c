"""The command line with a small service, as for the other commands."""

from tests.interfaces.cli.conftest import empty, service

__all__ = ["empty", "service"]
