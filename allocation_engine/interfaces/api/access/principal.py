"""Who calls: a person or a system with a role, and whose accounts they may see."""

from dataclasses import dataclass

from allocation_engine.interfaces.api.access.roles import ROLES, SCOPES, Role, Scope


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever a key or a token stands for.

    Attributes
    ----------
    actor
        Opaque id under which their acts are recorded.
    credential
        The key or the token's subject: what receipts and limits are counted by.
    worker_id
        For a practitioner: their own id in the log.
    team_ids
        For a supervisor: the teams they supervise.
    scopes
        The parts of the role that this key may use.
    """

    actor: str
    credential: str
    role: Role
    worker_id: str | None = None
    team_ids: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = frozenset(Scope)

    def may(self, operation: str) -> bool:
        """Tell whether an endpoint is open to them at all."""
        return self.role in ROLES[operation] and SCOPES[operation] in self.scopes

    def sees(self, worker_id: str, team_id: str | None) -> bool:
        """Tell whether they may see this worker's account."""
        if self.role is Role.PRACTITIONER:
            return worker_id == self.worker_id
        if self.role is Role.SUPERVISOR:
            return team_id is not None and team_id in self.team_ids
        return self.role in {Role.MANAGER, Role.SYSTEM}
