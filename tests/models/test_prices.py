from __future__ import annotations

import pytest

from simulator.errors import UsageError
from simulator.models.prices import Price, cost, parse_price
from simulator.models.tally import Tally


def test_a_price_is_two_numbers_of_dollars_per_million() -> None:
    assert parse_price("0.15,0.60") == Price(0.15, 0.60)
    assert parse_price(" 1 , 0 ") == Price(1, 0)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "-1,2", "nan,1", "1,inf", "0,15;0,60"])
def test_anything_else_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"0\.15,0\.60"):
        parse_price(text)


def test_the_cost_of_a_session() -> None:
    tally = Tally(calls=2, prompt_tokens=2_000_000, completion_tokens=500_000)
    assert cost(tally, Price(0.15, 0.60)) == pytest.approx(0.60)
    assert cost(Tally(), Price(0.15, 0.60)) == 0


def test_no_cost_is_guessed() -> None:
    assert cost(Tally(calls=1, prompt_tokens=5, completion_tokens=5), None) is None
    assert cost(Tally(calls=2, prompt_tokens=5, completion_tokens=5, calls_without_usage=1), Price(1, 1)) is None


def test_tallies_add_up() -> None:
    one = Tally(1, 2, 3, 4, 5, 6.0, 7)
    assert one + one == Tally(2, 4, 6, 8, 10, 12.0, 14)
