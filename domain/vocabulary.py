"""The closed sets of the field, as enums: a misspelt risk level cannot become a lower one."""

from enum import StrEnum


class Agency(StrEnum):
    """The employer of a practitioner; EFH teams are multi-agency."""

    LOCAL_AUTHORITY = "local_authority"
    POLICE = "police"
    HEALTH = "health"
    YOUTH_JUSTICE = "youth_justice"
    EDUCATION = "education"
    VOLUNTARY_SECTOR = "voluntary_sector"


class Role(StrEnum):
    """What a practitioner does; only some roles hold a case as its primary worker (see the policy set)."""

    SOCIAL_WORKER = "social_worker"
    FAMILY_SUPPORT_WORKER = "family_support_worker"
    YOUTH_WORKER = "youth_worker"
    PERSONAL_ADVISER = "personal_adviser"
    SPECIALIST_NURSE = "specialist_nurse"
    POLICE_OFFICER = "police_officer"
    SUPERVISOR = "supervisor"
    TEAM_MANAGER = "team_manager"


class CareerStage(StrEnum):
    """Experience, as it bears on capacity: a newly qualified worker holds a protected caseload."""

    NEWLY_QUALIFIED = "newly_qualified"
    EXPERIENCED = "experienced"
    ADVANCED = "advanced"


class HarmType(StrEnum):
    """Kinds of extra-familial harm; the comment gives the DfE assessment factor where one exists."""

    MISSING = "missing"  # 10A
    SEXUAL_EXPLOITATION = "sexual_exploitation"  # 11A
    TRAFFICKING = "trafficking"  # 12A
    GANGS = "gangs"  # 13A
    CRIMINAL_EXPLOITATION = "criminal_exploitation"  # 24A
    COUNTY_LINES = "county_lines"
    SERIOUS_YOUTH_VIOLENCE = "serious_youth_violence"


class RiskLevel(StrEnum):
    """Assessed risk of extra-familial harm, lowest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"

    @property
    def is_high(self) -> bool:
        """Whether the level counts towards the cap on high-risk cases."""
        return self in {RiskLevel.HIGH, RiskLevel.VERY_HIGH}


class Priority(StrEnum):
    """How soon a waiting case needs a worker, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    ROUTINE = "routine"


class PlanType(StrEnum):
    """The statutory footing of a case, as Annex A lists it."""

    ASSESSMENT = "assessment"
    CHILD_IN_NEED = "child_in_need"
    CHILD_PROTECTION = "child_protection"
    LOOKED_AFTER = "looked_after"
    CARE_LEAVER = "care_leaver"


class AssignmentRole(StrEnum):
    """A case has at most one primary worker and any number of co-workers."""

    PRIMARY = "primary"
    CO_WORKER = "co_worker"


class WorkerChangeReason(StrEnum):
    """Why a case came to the worker it came to. Not recorded is unknown, which is none of these.

    Source: DfE, guide to the SSDA903 return from 2023-24 on, reason for social worker change; its codes stand beside.
    """

    FIRST_CONTACT = "first_contact"  # FCONTA: the first worker
    CASELOAD_MANAGEMENT = "caseload_management"  # MANAGE: caseloads were shared out anew
    WORKER_LEFT_ROLE = "worker_left_role"  # LEFTRL: the worker before left the role
    ORGANISATION_RESTRUCTURED = "organisation_restructured"  # ORGRST
    NEXT_STEP_OF_PROCESS = "next_step_of_process"  # TSPROC: another team has the next step of the process
    WORKER_ABSENT = "worker_absent"  # ABSENC: the worker before was away
    CHILD_ASKED = "child_asked"  # CHCHAN
    PARENT_OR_CARER_ASKED = "parent_or_carer_asked"  # PCCHAN
    WORKER_DIED = "worker_died"  # SWDIED: the worker before died
    OTHER = "other"  # OTHERS: a reason that is none of these


class AbsenceKind(StrEnum):
    """Why a worker is away; each kind recovers at its own rate in the policy set."""

    ANNUAL_LEAVE = "annual_leave"
    SICKNESS = "sickness"
    PARENTAL_LEAVE = "parental_leave"
    TRAINING = "training"
    OTHER = "other"


class IncidentKind(StrEnum):
    """What happened in a critical incident."""

    DEATH = "death"
    SERIOUS_INJURY = "serious_injury"
    SEXUAL_ASSAULT_DISCLOSED = "sexual_assault_disclosed"
    VIOLENCE_DISCLOSED = "violence_disclosed"
    MISSING_EPISODE = "missing_episode"
    TRAFFICKING_IDENTIFIED = "trafficking_identified"
    THREAT_TO_WORKER = "threat_to_worker"
    ASSAULT_ON_WORKER = "assault_on_worker"


class Severity(StrEnum):
    """How heavy an incident is to carry, lowest first; recorded by a supervisor, not by the child's outcome alone."""

    MODERATE = "moderate"
    SERIOUS = "serious"
    SEVERE = "severe"


class ExposureRoute(StrEnum):
    """How a worker came to carry an incident: there, working the case, or hearing it in the team."""

    DIRECT = "direct"
    CO_WORKER = "co_worker"
    TEAM_HEARD = "team_heard"


class FollowUpDue(StrEnum):
    """The dated follow-ups that a serious incident opens."""

    HOURS_72 = "72_hours"
    DAYS_28 = "28_days"


class SupervisionKind(StrEnum):
    """The form of a supervision session."""

    ONE_TO_ONE = "one_to_one"
    GROUP = "group"
    PEER = "peer"
    CASE = "case"


class Foundation(StrEnum):
    """The five foundations that the organisation, never a person, is surveyed on."""

    SECURE_BASE = "secure_base"
    APPRECIATION = "appreciation"
    LEARNING_ORGANISATION = "learning_organisation"
    MISSION_AND_VISION = "mission_and_vision"
    WELLBEING = "wellbeing"


class ErasureReason(StrEnum):
    """Why a person is erased; a code, so that no free text enters the log."""

    RETENTION_PERIOD_OVER = "retention_period_over"
    REQUEST_OF_THE_PERSON = "request_of_the_person"
    RECORDED_IN_ERROR = "recorded_in_error"
    ORDERED = "ordered"


class RetractionReason(StrEnum):
    """Why an event is withdrawn; a code, so that no free text enters the log."""

    RECORDED_IN_ERROR = "recorded_in_error"
    DUPLICATE = "duplicate"
    WRONG_PERSON = "wrong_person"
    WRONG_DATE = "wrong_date"
    CONTESTED_BY_WORKER = "contested_by_worker"
