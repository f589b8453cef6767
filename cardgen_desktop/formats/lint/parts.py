"""Parts of a card that are missing, empty or said twice."""

from collections.abc import Iterator

from ...domain.card import CardData
from ...domain.lint import LintFinding
from .texts import Level, finding, removing, setting, splitting

_EMPTY: tuple[tuple[str, Level, str], ...] = (
    ("name", "error", "The card has no name. Programs show it in lists and put it wherever {{char}} stands."),
    ("description", "warning", "There is no description. It is what a model knows of the character."),
    ("first_mes", "warning", "There is no first message. The chat opens with it, and it sets the tone."),
    ("mes_example", "info", "There are no example messages. They show a model how the character talks."),
)


def part_findings(data: CardData) -> Iterator[LintFinding]:
    """Missing texts, empty and repeated greetings, tags that are empty, doubled or run together."""
    for field, level, reason in _EMPTY:
        if not getattr(data, field).strip():
            yield finding(f"missing.{field}", level, f"data.{field}", reason)
    yield from _greetings(data)
    yield from _tags(data.tags)
    if "\n" in data.name.strip():
        yield _one_line_name(data.name)


def _one_line_name(name: str) -> LintFinding:
    reason = "The name has several lines. Programs put it at the start of each message, on one."
    fix = setting("Make it one line", "data.name", " ".join(name.split()))
    return finding("name.lines", "warning", "data.name", reason, fix)


def _greetings(data: CardData) -> Iterator[LintFinding]:
    seen = {data.first_mes.strip(): "the first message"} if data.first_mes.strip() else {}
    for field in ("alternate_greetings", "group_only_greetings"):
        for index, text in enumerate(getattr(data, field)):
            where, bare = f"data.{field}[{index}]", text.strip()
            if not bare:
                reason = "This greeting is empty. Who swipes to it sees nothing."
                yield finding("greeting.empty", "warning", where, reason, removing("Remove it", where))
            elif bare in seen:
                reason = f"This greeting is the same as {seen[bare]}."
                yield finding("greeting.twice", "warning", where, reason, removing("Remove it", where))
            else:
                seen[bare] = f"greeting {index + 1}"


def _tags(tags: tuple[str, ...]) -> Iterator[LintFinding]:
    seen: set[str] = set()
    for index, tag in enumerate(tags):
        where, bare = f"data.tags[{index}]", tag.strip().casefold()
        if not bare:
            yield finding("tag.empty", "info", where, "This tag is empty.", removing("Remove it", where))
        elif bare in seen:
            reason = f"The tag “{tag.strip()}” is there twice; capitals make no difference."
            yield finding("tag.twice", "info", where, reason, removing("Remove it", where))
        elif "," in tag:
            yield _run_together(tags, index)
        seen.add(bare)


def _run_together(tags: tuple[str, ...], index: int) -> LintFinding:
    parts = [part.strip() for part in tags[index].split(",") if part.strip()]
    reason = "This tag has commas in it. Most programs take it for one long tag."
    fix = splitting("data.tags", tags, index, parts)
    return finding("tag.commas", "info", f"data.tags[{index}]", reason, fix)
