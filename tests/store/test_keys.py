"""Keys are never given out twice, whatever is rolled back in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from service.auth import SYSTEM
from service.runtime.engine import Engine
from service.store.keys import BLOCK


def take(engine: Engine, count: int, *, commit: bool = True) -> list[int]:
    with engine.unit(SYSTEM) as unit:
        keys = [unit.new_key() for _ in range(count)]
        if commit:
            unit.commit()
        return keys


def test_keys_rise_and_repeat_neither_within_nor_across_units(engine: Engine) -> None:
    first, second = take(engine, 3), take(engine, BLOCK + 5)

    assert first == sorted(first)
    assert len({*first, *second}) == 3 + BLOCK + 5


def test_a_unit_goes_on_with_the_block_that_the_last_one_began(engine: Engine) -> None:
    (first,) = take(engine, 1)

    (second,) = take(engine, 1)

    assert second == first + 1


def test_keys_committed_before_are_not_given_out_again_after_a_rollback(engine: Engine) -> None:
    used = take(engine, 10)
    take(engine, BLOCK * 2, commit=False)

    assert not set(take(engine, BLOCK * 2)) & set(used)


def test_a_restarted_engine_gives_out_new_keys(database_url: str, open_engine: Callable[..., Engine]) -> None:
    first = take(open_engine(database_url), 5)
    second = take(open_engine(database_url), 5)

    assert not set(first) & set(second)


def test_engines_side_by_side_never_share_a_key(database_url: str, open_engine: Callable[..., Engine]) -> None:
    engines = [open_engine(database_url) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(lambda n: take(engines[n % 2], 30), range(16)) for key in keys]

    assert len(set(taken)) == 16 * 30
