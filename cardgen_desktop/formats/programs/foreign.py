"""Cards of other programs in JSON that have neither V1's fields nor a specification: told apart and read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...domain.card import Card
from ..findings import Findings
from . import agnai, chub, novelai, pygmalion


@dataclass(frozen=True)
class ForeignCard:
    """A program's way of writing cards: its name as `inspect` says it, its signs, its reader."""

    format: str
    recognise: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any], Findings], Card]


FOREIGN_CARDS = (
    ForeignCard(agnai.FORMAT, agnai.is_character, agnai.card_from_agnai),
    ForeignCard(chub.FORMAT, chub.is_character, chub.card_from_chub),
    ForeignCard(novelai.SCENARIO, novelai.is_scenario, novelai.scenario_card),
    ForeignCard(pygmalion.FORMAT, pygmalion.is_pygmalion, pygmalion.card_from_pygmalion),
    ForeignCard(pygmalion.OOBA, pygmalion.is_ooba, pygmalion.card_from_ooba),
)


def foreign_card(value: dict[str, Any]) -> ForeignCard | None:
    """The program whose card a JSON object is, or None; what a specification names is read by it."""
    spec = value.get("spec")
    if isinstance(spec, str) and spec.startswith("chara_card"):
        return None
    return next((kind for kind in FOREIGN_CARDS if kind.recognise(value)), None)
