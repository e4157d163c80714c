"""Small services with every caseload listed, and every plan that these make."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Sheet
from allocation_engine.optimiser.caseloads.dual import Priced, nobody_waits, priced
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.pricing import Prices
from tests.optimiser.caseloads.every_caseload import caseloads, sheets_of

LATER = (Aim.HARM_TYPES, Aim.MATCH, Aim.CONTINUITY)
"""The aims of `values_of`, in order."""

MOST_PLANS = 60_000


def services(*, alike: bool = False) -> Iterator[tuple[Sheet, Pool, Priced]]:
    """Give small services with every caseload listed, at prices drawn at random; `alike` if all cases weigh alike on a worker."""
    for number, sheet in sheets_of(60, (2, 4), (3, 6)):
        dice = np.random.default_rng(number)
        if alike:
            sheet.items["load"] = dice.uniform(0.03, 0.3, len(sheet.rooms))[sheet.items["worker"]]
        lin = np.zeros(len(sheet.items))
        prices = Prices(dice.uniform(0.0, 1.0, len(sheet.rows)), lin, 1.0, UNTIL_SETTLED, nodes=100_000)
        pool = Pool(sheet, lin, 1.0)
        for worker in range(len(sheet.rooms)):
            for items in caseloads(sheet, prices, worker):
                pool.add_caseload(worker, items)
        if np.prod(np.bincount(pool.worker).astype(float)) <= MOST_PLANS:
            yield sheet, pool, priced(sheet, prices, nobody_waits)


def every_plan(sheet: Sheet, pool: Pool) -> Iterator[tuple[int, ...]]:
    """Give the places of the caseloads of every plan that takes each row once."""
    places = [[n for n, worker in enumerate(pool.worker) if worker == one] for one in range(len(sheet.rooms))]
    row_of = sheet.items["row"].tolist()
    rows = [[row_of[item] for item in items] for items in pool.items]
    for plan in product(*places):
        taken = [row for place in plan for row in rows[place]]
        if len(taken) == len(sheet.rows) == len(set(taken)):
            yield plan


def values_of(sheet: Sheet, pool: Pool, plan: tuple[int, ...]) -> tuple[float, ...]:
    """Work the later aims out from the items of a plan."""
    worst = np.zeros(sheet.row_harm.shape[1])
    for worker, place in enumerate(plan):
        items = sheet.items[list(pool.items[place])]
        cases = sheet.row_harm[items["row"]]
        received = (cases[items["new"] > 0] > 0).any(axis=0)
        exposure = (sheet.held_harm[worker] + cases.sum(axis=0)) * 100.0 / sheet.rooms["capacity"][worker]
        worst = np.maximum(worst, np.where(received, exposure, 0.0))
    items = sheet.items[[item for place in plan for item in pool.items[place]]]
    return float(worst.sum()), float(items["mismatch"].sum()), float(items["discontinuity"].sum())
