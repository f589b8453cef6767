"""What is written as YAML is read back the same by a reader of somebody else."""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.jobs.yaml_text import to_yaml

ODD = (
    "", "no", "null", "1", "1.0", "0x1f", "~", "- a", "a: b", "#", "a #b", "2026-11-23", "=", "12:30", "y",
    "\n", "a\nb", "a\nb\n", "a\n\n", "\na\nb", " a\nb", "a \nb ", "a\r\nb", "\ttab\nx",
    "\u2028\u0085", "\x00",
)  # fmt: skip
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(ODD)
numbers = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_any_json_value_is_read_back_the_same(value: object) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


def test_a_traceback_stays_readable() -> None:
    written = to_yaml({"error": {"details": "Traceback:\n  File x\nValueError\n"}, "log": [{"at": 1.5}]})
    assert written == (
        "error:\n  details: |2\n    Traceback:\n      File x\n    ValueError\nlog:\n  -\n    at: 1.5\n"
    )


@pytest.mark.parametrize("number", [1e16, 1e-7, 1.5e300, -0.0, 3.0])
def test_a_float_stays_a_number(number: float) -> None:
    read = yaml.safe_load(to_yaml({"a": number}))["a"]
    assert isinstance(read, float) and read == number


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_yaml({"a": math.nan})
