"""`python -m allocation_engine` is the command line."""

from allocation_engine.interfaces.cli.main import run

run()
