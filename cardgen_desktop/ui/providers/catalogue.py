"""A server's models searched, filtered and sorted. Plain functions over thousands of models."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ...domain.profile import ModelInfo
from .words import model_name

Column = Literal["name", "context", "prompt", "output", "structured"]
COLUMNS: tuple[tuple[Column, str], ...] = (
    ("name", "Model"),
    ("context", "Context"),
    ("prompt", "In, per million"),
    ("output", "Out, per million"),
    ("structured", "Structured"),
)
_DEAREST = Decimal(10) ** 9
_STRUCTURED = {"schema": 0, "object": 1, "unknown": 2, "none": 3}


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """What is looked for: words that all have to occur, and two conditions; `column` and `falling` sort."""

    text: str = ""
    only_free: bool = False
    only_structured: bool = False
    column: Column = "name"
    falling: bool = False


def searchable(models: Sequence[ModelInfo]) -> tuple[str, ...]:
    """What is searched of each model."""
    return tuple(f"{model.id} {model.name}".casefold() for model in models)


def chosen_rows(models: Sequence[ModelInfo], words: Sequence[str], wanted: ModelFilter) -> list[int]:
    """The numbers of the models that a filter lets through, in its order."""
    needles = wanted.text.casefold().split()
    rows = [
        row
        for row, model in enumerate(models)
        if all(needle in words[row] for needle in needles)
        and (not wanted.only_free or model.is_free)
        and (not wanted.only_structured or model.structured == "schema")
    ]
    rows.sort(key=lambda row: model_name(models[row]).casefold())
    if wanted.column != "name":
        keys = [_key(model, wanted.column) for model in models]
        # What is not known comes last either way.
        known = [row for row in rows if keys[row] is not None]
        unknown = [row for row in rows if keys[row] is None]
        known.sort(key=lambda row: keys[row], reverse=wanted.falling)  # type: ignore[arg-type, return-value]
        return known + unknown
    if wanted.falling:
        rows.reverse()
    return rows


def _key(model: ModelInfo, column: Column) -> Decimal | int | None:
    if column == "context":
        return model.context
    if column == "prompt":
        return _price(model.prompt_price)
    if column == "output":
        return _price(model.output_price)
    return _STRUCTURED[model.structured]


def _price(price: Decimal | None) -> Decimal | None:
    # A negative price means that it varies with the model a router picks.
    return _DEAREST if price is not None and price < 0 else price
