"""A character card, normalised to Character Card V3 (SPEC_V3.md); V1 and V2 are read into it."""

from typing import Any, Literal

from pydantic import Field

from .value import OpenValue, Value

TEXT_FIELDS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
"""The six fields of a V1 card, in the order people edit them."""


class Asset(OpenValue):
    """An asset of a V3 card (SPEC_V3.md, `assets`)."""

    type: str = "icon"
    uri: str = "ccdefault:"
    name: str = "main"
    ext: str = "png"


class LorebookEntry(OpenValue):
    """A lorebook entry (SPEC_V3.md, `character_book.entries`). Optional keys are None when absent."""

    keys: tuple[str, ...] = ()
    content: str = ""
    extensions: dict[str, Any] = Field(default_factory=dict)
    enabled: bool = True
    insertion_order: int | float = 100
    use_regex: bool = False
    case_sensitive: bool | None = None
    constant: bool | None = None
    name: str | None = None
    comment: str | None = None
    priority: int | float | None = None
    id: int | float | str | None = None
    selective: bool | None = None
    secondary_keys: tuple[str, ...] | None = None
    position: str | None = None


class Lorebook(OpenValue):
    """A lorebook (SPEC_V3.md, `character_book`)."""

    name: str | None = None
    description: str | None = None
    scan_depth: int | float | None = None
    token_budget: int | float | None = None
    recursive_scanning: bool | None = None
    extensions: dict[str, Any] = Field(default_factory=dict)
    entries: tuple[LorebookEntry, ...] = ()


class CardData(OpenValue):
    """The `data` of a V3 card. Optional keys are None when absent and are then not written."""

    name: str = ""
    description: str = ""
    personality: str = ""
    scenario: str = ""
    first_mes: str = ""
    mes_example: str = ""
    creator_notes: str = ""
    system_prompt: str = ""
    post_history_instructions: str = ""
    alternate_greetings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    creator: str = ""
    character_version: str = ""
    extensions: dict[str, Any] = Field(default_factory=dict)
    character_book: Lorebook | None = None
    assets: tuple[Asset, ...] | None = None
    nickname: str | None = None
    creator_notes_multilingual: dict[str, str] | None = None
    source: tuple[str, ...] | None = None
    group_only_greetings: tuple[str, ...] = ()
    creation_date: int | float | None = None
    modification_date: int | float | None = None


class Card(OpenValue):
    """A whole normalised card: `spec`, `spec_version`, `data` and any foreign keys beside them."""

    spec: Literal["chara_card_v3"] = "chara_card_v3"
    spec_version: str = "3.0"
    data: CardData = Field(default_factory=CardData)


class CardProblem(Value):
    """Something found, repaired or refused while reading a card. `where` is a path such as `data.tags`."""

    level: Literal["info", "warning", "error"]
    where: str
    message: str


class CardFile(Value):
    """A file that travels with a card: an asset, or what another program put into the container.

    `path` is its place in the container, such as "assets/icon/images/main.png" or "module.risum", and
    `embeded://` addresses of assets name it; `__asset:3` is the path of a PNG's third asset chunk.
    `bytes` is its size, `sha256` the digest of its content, empty where it was not looked at.
    """

    path: str
    bytes: int
    sha256: str = ""


class InspectedCard(Value):
    """A card file as `cardgen inspect` prints it; `card` is None when nothing could be read.

    A lorebook that stands alone has no card but a `book`. `format` names the way the content is written where
    no specification does: "pygmalion", "agnai", "st-worldinfo" and so on.
    """

    path: str
    container: str
    spec: str | None
    spec_version: str | None
    card: Card | None
    problems: tuple[CardProblem, ...] = ()
    format: str = ""
    book: Lorebook | None = None
    files: tuple[CardFile, ...] = ()


ExportTarget = Literal[
    "png",
    "json-v3",
    "json-v2",
    "charx",
    "jpeg-charx",
    "st-worldinfo",
    "lorebook-v3",
    "risu-lorebook",
    "byaf",
    "yaml",
    "ooba",
    "agnai",
]
"""What a card can be written as, named as `cardgen convert --to` names it."""
