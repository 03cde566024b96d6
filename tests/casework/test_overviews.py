"""What boards and lists show of cases."""

from __future__ import annotations

import pytest

from service.casework import overviews

from .conftest import Site
from .test_handlers import JOB_KEY, run


@pytest.mark.parametrize(
    ("reached", "shown"), [([], None), (["remind"], "remind"), (["remind", "L1"], "L1"), (["remind", "L1", "L4"], "L4")]
)
def test_the_board_shows_the_highest_level_reached(case: Site, reached: list[str], shown: str | None) -> None:
    run(case, "rc.state", {"state": "noticed", "strand": "rectification"})
    for number, level in enumerate(reached):
        run(case, "rc.escalate", variables={"level": level}, key=JOB_KEY + number)

    with case.unit() as unit:
        lines = overviews.rectifications(unit)

    assert [line.level for line in lines] == [shown]
