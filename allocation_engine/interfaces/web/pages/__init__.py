"""The desk's pages, a module for each journey."""

from allocation_engine.interfaces.web.pages import sign_in, team, worker

ROUTERS = tuple(module.router for module in (sign_in, team, worker))
