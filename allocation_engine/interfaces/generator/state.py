"""What the generator knows of its service at one moment: teams, workers and open cases, and nothing of the past."""

from dataclasses import dataclass, field
from math import exp

from domain.identifiers import CaseId, GroupId, TeamId, WorkerId
from domain.vocabulary import Agency, CareerStage, HarmType, Priority, RiskLevel, Role

HEAVY = (RiskLevel.HIGH, RiskLevel.VERY_HIGH)
LEADERS = (Role.SUPERVISOR, Role.TEAM_MANAGER)
LED_WHEN_FULL = 8
"""So many people in the team fill a leader's own hours; an assumption."""

STRAIN_FADES_DAYS = 21.0


@dataclass(slots=True, eq=False)
class Span:
    """The teams whose supervisors one manager supervises, with that manager if the post exists and is filled."""

    manager: "Worker | None" = None
    teams: list["Team"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Team:
    """A team of an area, with its present supervisor if it has one.

    `climate` is how much better or worse than elsewhere people find it here [points of the survey]; supervision, too,
    is kept up better where it is good.
    """

    team_id: TeamId
    area: str
    span: Span
    agency: Agency = Agency.LOCAL_AUTHORITY
    climate: float = 0.0
    members: list["Worker"] = field(default_factory=list)
    supervisor: "Worker | None" = None


@dataclass(slots=True, eq=False)
class Worker:
    """A worker in post.

    `pull` is how readily cases come to this worker [1]: people hand work to those who coped before. `room` is the most
    cases taken on as primary worker [case]. `access` is how easily this worker gets to learning and peer support [1].
    `strain` is what incidents left behind as of `strain_on` [points of a check-in], and fades.
    """

    worker_id: WorkerId
    role: Role
    team: Team
    fte: float
    stage: CareerStage
    pull: float
    from_agency: bool
    skills: list[str]
    languages: tuple[str, ...]
    access: float = 1.0
    strain: float = 0.0
    strain_on: float = 0.0
    room: int = 0
    cases: dict[CaseId, "Case"] = field(default_factory=dict)
    co_cases: dict[CaseId, "Case"] = field(default_factory=dict)
    absent: bool = False
    left: bool = False

    @property
    def present(self) -> bool:
        """In post and not away."""
        return not (self.absent or self.left)

    @property
    def leads(self) -> bool:
        """Holds no cases but supervises."""
        return self.role in LEADERS

    @property
    def supervisor(self) -> "Worker | None":
        """Who supervises this worker now: the team's supervisor, or for supervisors the manager of their teams."""
        if self.role is Role.TEAM_MANAGER:
            return None
        return self.team.span.manager if self.role is Role.SUPERVISOR else self.team.supervisor

    def strain_at(self, day: float) -> float:
        """Give what is left of the strain [points of a check-in]."""
        return self.strain * exp((self.strain_on - day) / STRAIN_FADES_DAYS)

    def add_strain(self, day: float, points: float) -> None:
        """Let something heavy leave its mark."""
        self.strain, self.strain_on = self.strain_at(day) + points, day

    def ease_strain(self, day: float, share: float) -> None:
        """Take a share of the strain away."""
        self.strain, self.strain_on = self.strain_at(day) * (1 - share), day

    @property
    def fullness(self) -> float:
        """Cases held as a share of the most this worker takes on [1]; heavy ones count one and a half."""
        if self.leads:
            return len(self.team.members) / LED_WHEN_FULL
        heavy = sum(1 for case in self.cases.values() if case.risk in HEAVY)
        return (len(self.cases) + heavy / 2) / self.room if self.room else 0.0


@dataclass(slots=True, eq=False)
class Case:
    """An open case. `held_back` cases wait until the end; `closes_on` is when work would end [day]."""

    case_id: CaseId
    harms: tuple[HarmType, ...]
    harms_known: bool
    risk: RiskLevel | None
    priority: Priority
    needs: tuple[str, ...]
    languages: tuple[str, ...]
    area: str
    closes_on: float
    siblings: GroupId | None = None
    peers: GroupId | None = None
    primary: Worker | None = None
    co_workers: list[Worker] = field(default_factory=list)
    conflicted: list[Worker] = field(default_factory=list)
    held_back: bool = False
    closed: bool = False
