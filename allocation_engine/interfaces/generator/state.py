"""What the generator knows of its service at one moment: teams, workers and open cases, and nothing of the past."""

from dataclasses import dataclass, field

from domain.identifiers import CaseId, GroupId, TeamId, WorkerId
from domain.vocabulary import CareerStage, HarmType, Priority, RiskLevel, Role

HEAVY = (RiskLevel.HIGH, RiskLevel.VERY_HIGH)


@dataclass(slots=True, eq=False)
class Team:
    """A team of an area, with its present supervisor if it has one."""

    team_id: TeamId
    area: str
    members: list["Worker"] = field(default_factory=list)
    supervisor: "Worker | None" = None


@dataclass(slots=True, eq=False)
class Worker:
    """A worker in post.

    `pull` is how readily cases come to this worker [1]: people hand work to those who coped before. `room` is the most
    cases taken on as primary worker [case].
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
    def fullness(self) -> float:
        """Cases held as a share of the most this worker takes on [1]; heavy ones count one and a half."""
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
