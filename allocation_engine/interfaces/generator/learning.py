"""What helps and what is told: learning, peer support, service development, check-ins and capacity concerns."""

from functools import partial

from allocation_engine.interfaces.generator.incidents import MANAGER
from allocation_engine.interfaces.generator.referral import SKILLS
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Team, Worker
from domain.events.practice import FeedbackGiven, LearningAttended, PeerSupportHeld, ServiceDevelopmentJoined
from domain.events.worker import CapacityConcernAnswered, CapacityConcernRaised, CheckInRecorded, WorkerSkillGained
from domain.vocabulary import Role

LEARNING_PER_YEAR = 4.0
SKILL_GAINED_RATE = 0.25
FEEDBACK_RATE = 0.4
DEVELOPMENT_RATE = 0.12
DEVELOPMENT_ACTIVITIES = ("practice-guide-review", "young-people-advisory-panel", "referral-pathway-redesign")
CHECK_IN_EVERY_DAYS = 10.0
PEER_SUPPORT_EVERY_DAYS = 28.0
PEERS_AT_MOST = 5
TOO_MUCH, MIDDLE = 5, 2.0
CONCERN_RATE = 0.35
ANSWERED_RATE = 0.7


def plan_learning(service: Service, day: float, worker: Worker) -> None:
    """Plan a worker's next learning, and check-ins if this one makes them at all."""
    service.agenda.put(service.next_after(day, LEARNING_PER_YEAR), partial(_learn, service, worker))


def plan_check_ins(service: Service, day: float, worker: Worker) -> None:
    """Let some workers, who choose to, check in every week or two. Others never do."""
    if worker.role is Role.SUPERVISOR:
        return
    if service.evenly("check_in") < service.figures.number("check_in_rate"):
        due = day + service.chance.uniform(0, CHECK_IN_EVERY_DAYS)
        service.agenda.put(due, partial(_check_in, service, worker))


def plan_peer_support(service: Service, day: float, team: Team) -> None:
    """Put a team's next peer support meeting on the agenda; each one plans the next."""
    service.agenda.put(day + service.about(PEER_SUPPORT_EVERY_DAYS), partial(_peer_support, service, team))


def _learn(service: Service, worker: Worker, day: float) -> None:
    if worker.left:
        return
    if worker.present:
        topic = service.chance.choice(SKILLS)
        hours = service.chance.choice((1.5, 3.0, 6.5, 13.0))
        service.write_up(day, LearningAttended(worker_id=worker.worker_id, topic=topic, hours=hours))
        if topic not in worker.skills and service.happens(SKILL_GAINED_RATE):
            worker.skills.append(topic)
            service.note(day, WorkerSkillGained(worker_id=worker.worker_id, skill=topic))
        if service.happens(FEEDBACK_RATE):
            rating = service.chance.choices((2, 3, 4, 5), weights=(1, 3, 4, 2))[0]
            service.note(day, FeedbackGiven(worker_id=worker.worker_id, activity=topic, rating=rating))
        if service.happens(DEVELOPMENT_RATE):
            activity = service.chance.choice(DEVELOPMENT_ACTIVITIES)
            service.note(day, ServiceDevelopmentJoined(worker_id=worker.worker_id, activity=activity))
    plan_learning(service, day, worker)


def _check_in(service: Service, worker: Worker, day: float) -> None:
    if worker.left:
        return
    if worker.present:
        felt = round(MIDDLE * worker.fullness + 1 + service.chance.gauss(0, 0.7))
        felt = max(1, min(TOO_MUCH, felt))
        service.note(day, CheckInRecorded(worker_id=worker.worker_id, felt_load=felt))
        if felt == TOO_MUCH and service.happens(CONCERN_RATE):
            service.note(day, CapacityConcernRaised(worker_id=worker.worker_id))
            if service.happens(ANSWERED_RATE):
                due = day + service.chance.uniform(2, 20)
                service.agenda.put(due, partial(_answer_concern, service, worker))
    due = day + service.about(CHECK_IN_EVERY_DAYS)
    service.agenda.put(due, partial(_check_in, service, worker))


def _answer_concern(service: Service, worker: Worker, day: float) -> None:
    if not worker.left:
        service.note(day, CapacityConcernAnswered(worker_id=worker.worker_id, answered_by=MANAGER))


def _peer_support(service: Service, team: Team, day: float) -> None:
    present = [member.worker_id for member in team.members if member.present and member is not team.supervisor]
    if len(present) > 1:
        there = service.chance.sample(present, min(len(present), service.chance.randint(2, PEERS_AT_MOST)))
        minutes = service.chance.choice((30, 45, 60, 90))
        service.write_up(day, PeerSupportHeld(worker_ids=tuple(there), minutes=minutes))
    plan_peer_support(service, day, team)
