"""Learning, peer support and service development: what helps, with access to it that is not the same for all."""

from functools import partial

from allocation_engine.interfaces.generator.referral import SKILLS
from allocation_engine.interfaces.generator.service import Service
from allocation_engine.interfaces.generator.state import Team, Worker
from domain.events.practice import FeedbackGiven, LearningAttended, PeerSupportHeld, ServiceDevelopmentJoined
from domain.events.worker import WorkerSkillGained
from domain.vocabulary import CareerStage

LEARNING_PER_YEAR = 4.0
SKILL_GAINED_RATE = 0.25
FEEDBACK_RATE = 0.4
DEVELOPMENT_RATE = {CareerStage.NEWLY_QUALIFIED: 0.03, CareerStage.EXPERIENCED: 0.1, CareerStage.ADVANCED: 0.25}
DEVELOPMENT_ACTIVITIES = ("practice-guide-review", "young-people-advisory-panel", "referral-pathway-redesign")
PEER_SUPPORT_EVERY_DAYS = 28.0
COMES_RATE = 0.55
EASED_BY_PEERS = 0.1


def plan_learning(service: Service, day: float, worker: Worker) -> None:
    """Plan a worker's next learning; each one plans the next."""
    due = service.next_after(day, LEARNING_PER_YEAR * worker.access)
    service.agenda.put(due, partial(_learn, service, worker))


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
        if service.happens(DEVELOPMENT_RATE[worker.stage] * worker.access):
            activity = service.chance.choice(DEVELOPMENT_ACTIVITIES)
            service.note(day, ServiceDevelopmentJoined(worker_id=worker.worker_id, activity=activity))
    plan_learning(service, day, worker)


def _peer_support(service: Service, team: Team, day: float) -> None:
    present = [member for member in team.members if member.present and not member.leads]
    there = [member for member in present if service.happens(COMES_RATE * member.access)]
    if len(there) > 1:
        minutes = service.chance.choice((30, 45, 60, 90))
        service.write_up(day, PeerSupportHeld(worker_ids=tuple(one.worker_id for one in there), minutes=minutes))
        for worker in there:
            worker.ease_strain(day, EASED_BY_PEERS)
    plan_peer_support(service, day, team)
