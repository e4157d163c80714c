"""Which page is open to whom: one table, as the service has one for its endpoints."""

from collections.abc import Mapping

from allocation_engine.interfaces.api.access.roles import Role

P, S, M, L, _, A = Role

PAGES: Mapping[str, frozenset[Role]] = {
    "team": frozenset({S, M}),
    "worker": frozenset({P, S, M}),
    "contest": frozenset({P, S, M}),
    "waiting": frozenset({S, M}),
    "proposals": frozenset({M}),
    "decide": frozenset({M}),
    "supervision": frozenset({S, M}),
    "learning": frozenset({S, M, L}),
    "alerts": frozenset({S, M, L}),
    "answer_alert": frozenset({M, L}),
    "overview": frozenset({M, L}),
    "policy": frozenset({M, L}),
    "adopt_policy": frozenset({M, L}),
    "events": frozenset({M}),
    "access_log": frozenset({M, A}),
    "import": frozenset({M}),
    "what_if": frozenset({M}),
    "record": frozenset({M}),
}
"""By page. A page that is not open to a role is not offered to it either."""
