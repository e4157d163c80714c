"""Balanced nursing workload: public instances through the engine's own `solve`, set against what is known.

A nurse is a worker, a patient a case of the patient's zone, whose acuity weighs alike on everybody. All patients of a
nurse lie in one zone; the sum of the nurses' squared workloads is to be least. The folder holds one instance a file and,
if there is one, best_known.csv. Instances come from CSPLib, problem 69 (Schaus, Van Hentenryck and Régin 2009); none is
kept in this project.
"""

import sys
from collections.abc import Sequence

from allocation_engine.optimiser import Aim
from benchmarks.gap import PLENTY, Form, run
from benchmarks.public_instances import NurseInstance, read_nurse_instance
from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed, Factors
from domain.identifiers import CaseId, WorkerId

FULL_TIME = 100.0
"""Capacity of a nurse: a load ratio of 1 is a workload of so much."""


def problem_of(instance: NurseInstance) -> AllocationProblem:
    """Say the instance in the engine's words."""
    patients = [(zone, acuity) for zone, acuities in enumerate(instance.acuities) for acuity in acuities]
    alike = ((1.0,),) * instance.nurses
    return AllocationProblem(
        workers=tuple(
            Candidate(
                worker_id=WorkerId(f"nurse-{nurse:03}"),
                predicted_load=0.0,
                capacity=FULL_TIME,
                caseload_minimum=instance.fewest_patients,
                caseload_cap=instance.most_patients,
                high_risk_cap=PLENTY,
                harm_type_cap=PLENTY,
                hours_available=float(PLENTY),
            )
            for nurse in range(instance.nurses)
        ),
        cases=tuple(
            CaseNeed(case_id=CaseId(f"patient-{patient:04}"), area=f"zone-{zone:02}")
            for patient, (zone, _) in enumerate(patients)
        ),
        added_load=Factors(tuple((float(acuity),) for _, acuity in patients), alike),
        added_load_co=Factors(((0.0,),) * len(patients), alike),
        caps=Caps(one_area=True, load_limit=instance.largest_workload / FULL_TIME),
    )


NURSING = Form(
    module="nursing_workload",
    read=read_nurse_instance,
    problem_of=problem_of,
    aims=(Aim.PLACED, Aim.SQUARES),
    level="sum of squared load ratios",
    scale=FULL_TIME**2,
    value=lambda score: score.squares,
    best_column="sum_of_squared_workloads_proved_optimal",
    about=__doc__,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Give patients to nurses."""
    return run(NURSING, arguments)


if __name__ == "__main__":
    sys.exit(main())
