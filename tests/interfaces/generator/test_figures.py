"""Every figure says its unit and where it comes from."""

import math
from datetime import UTC, datetime

import pytest

from allocation_engine.interfaces.generator import ServiceShape
from allocation_engine.interfaces.generator.figures import Figure, published_figures, worker_changes_per_year
from domain.vocabulary import IncidentKind, PlanType, Priority, RiskLevel, Severity

FIGURES = published_figures().by_name


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_a_published_figure_has_its_table_and_an_assumption_its_reason(figure: Figure) -> None:
    assert figure.unit
    if figure.kind == "published":
        assert figure.publisher == "Department for Education, Explore Education Statistics"
        assert figure.table
        assert figure.year.isdecimal()
        assert not figure.why
    else:
        assert figure.kind == "assumption"
        assert figure.why.endswith(".")
        assert not figure.table


def test_the_default_shape_is_read_from_the_figures() -> None:
    shape = ServiceShape(ends_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert (shape.turnover_rate, shape.agency_rate, shape.absence_rate) == (0.118, 0.13, 0.035)
    assert shape.caseload_per_fte == 9.1  # 60 % of 15.2
    assert sum(share for _, share in shape.efh_mix) == pytest.approx(1)


def test_changes_of_worker_give_the_published_share_with_three_or_more() -> None:
    rate = worker_changes_per_year(published_figures())
    assert 1 - math.exp(-rate) * (1 + rate) == pytest.approx(0.27)


@pytest.mark.parametrize(
    ("mix", "names"),
    [
        ("risk_mix", RiskLevel),
        ("incidents_per_case_year", RiskLevel),
        ("priority_mix", Priority),
        ("plan_mix", PlanType),
        ("severity_mix", Severity),
    ],
)
def test_a_mix_names_each_kind_there_is(
    mix: str, names: type[RiskLevel | Priority | PlanType | Severity | IncidentKind]
) -> None:
    assert set(published_figures().mix(mix)) == {name.value for name in names}


def test_a_mix_and_a_single_figure_are_not_confused() -> None:
    with pytest.raises(TypeError, match="ask for shares"):
        published_figures().number("risk_mix")
    with pytest.raises(TypeError, match="ask for number"):
        published_figures().mix("turnover_rate")
