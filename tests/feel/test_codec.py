"""JSON of FEEL values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import feel
from service.feel import codec

ENCODED: list[tuple[object, str]] = [
    (None, "null"),
    (True, "true"),
    (Decimal("0.1"), "0.1"),
    (Decimal("1E+3"), "1000"),
    (Decimal("1E-10"), "0.0000000001"),
    (Decimal("1234567890123456789012345678901234"), "1234567890123456789012345678901234"),
    (3, "3"),
    (0.1, "0.1"),
    ("张三", '"张三"'),
    ([1, {"a": None}], '[1,{"a":null}]'),
    (feel.temporal.parse("2024-01-01T10:00:00@Asia/Shanghai"), '"2024-01-01T10:00:00@Asia/Shanghai"'),
    (feel.temporal.parse("P1DT2H"), '"P1DT2H"'),
    (date(2024, 1, 1), '"2024-01-01"'),
]


@pytest.mark.parametrize(("value", "text"), ENCODED, ids=[text for _, text in ENCODED])
def test_value_is_written_as_json(value: object, text: str) -> None:
    assert codec.encode(value) == text


DECODED: list[tuple[str, object]] = [
    ("1", Decimal(1)),
    ("1.50", Decimal("1.50")),
    ("0.1234567890123456789012345678901234", Decimal("0.1234567890123456789012345678901234")),
    ("12345678901234567890123456789012345678", Decimal("1.234567890123456789012345678901235E+37")),
    ('{"a":[1,true,null]}', {"a": [Decimal(1), True, None]}),
]


@pytest.mark.parametrize(("text", "value"), DECODED, ids=[text for text, _ in DECODED])
def test_json_is_read_with_decimals(text: str, value: object) -> None:
    assert codec.decode(text) == value


@pytest.mark.parametrize("text", ["", "{", "NaN", "[1,]", "1e999999", "[" * 100_000])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(codec.Undecodable):
        codec.decode(text)


@pytest.mark.parametrize(
    ("value", "path", "kind"),
    [
        ({"a": [1, feel.Range(Decimal(1), Decimal(2))]}, "a[2]", "range"),
        ({"f": feel.BUILTINS["abs"]}, "f", "function"),
        ([object()], "[1]", "object"),
        (Decimal("NaN"), "", "number"),
    ],
)
def test_value_without_json_form_is_refused_with_its_path(value: object, path: str, kind: str) -> None:
    with pytest.raises(codec.Unencodable) as caught:
        codec.encode(value)

    assert (caught.value.facts["path"], caught.value.facts["type"]) == (path, kind)


def test_endless_nesting_is_refused() -> None:
    nested: list[object] = []
    nested.append(nested)

    with pytest.raises(codec.Unencodable, match="feel_json_too_deep"):
        codec.plain(nested)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.decimals(-(10**20), 10**20, allow_nan=False, places=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_what_is_written_is_read_again(value: object) -> None:
    assert codec.decode(codec.encode(value)) == value


def test_half_of_a_surrogate_pair_is_no_character() -> None:
    decoded = codec.decode(r'{"\ud83d": ["a\udc0e", "\ud83d\udc0e"]}')

    assert decoded == {"\ufffd": ["a\ufffd", "\U0001f40e"]}
