"""What a writer should look at in a card: a place, a reason, and where possible a fix by one click."""

from typing import Any, Literal

from .value import Value


class LintChange(Value):
    """One change of a fix: the value at a path of the card, such as "data.tags[1]", becomes `value`.

    With `removes` the item or key at the path goes, and `value` is not looked at. Changes of one fix are made
    in their order; removals inside one list are given from its end.
    """

    where: str
    value: Any = None
    removes: bool = False


class LintFix(Value):
    """What one click does; `title` is the words on the button."""

    title: str
    changes: tuple[LintChange, ...]


class LintFinding(Value):
    """One finding. `rule` is its lasting name, `where` a path of the card, `reason` a sentence or two.

    error: a program fails or shows something wrong · warning: it will not work as meant · info: worth a
    look. `start` and `end` are offsets in the text at `where`, in code points, None for the whole of it.
    """

    rule: str
    level: Literal["error", "warning", "info"]
    where: str
    reason: str
    start: int | None = None
    end: int | None = None
    fix: LintFix | None = None
