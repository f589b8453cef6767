"""Example messages: `<START>` before each block, and lines that say who speaks (V1, `mes_example`)."""

import re
from collections.abc import Iterator

from ...domain.card import CardData
from ...domain.lint import LintFinding
from .texts import finding, greetings, setting

_START = re.compile(r"<START>", re.IGNORECASE)
# White space is looked for from where it begins alone: from everywhere, a long run of it takes its square.
_NOT_ALONE = re.compile(r"(?:(?<![^\S\n])[^\S\n]+)?<START>[^\S\n]*", re.IGNORECASE)
_WITH_ITS_LINE = re.compile(rf"{_NOT_ALONE.pattern}\n?", re.IGNORECASE)
_LINES_AROUND = re.compile(r"(?:(?<!\n)\n+)?<START>\n+")
_TWICE = re.compile(r"<START>\s*(?=<START>|\Z)", re.IGNORECASE)
_SPEAKER = re.compile(r"^[^\S\n]*(?:\{\{char\}\}|<bot>|<char>)\s*:", re.IGNORECASE | re.MULTILINE)
_USER_SPEAKS = re.compile(r"^[^\S\n]*(?:\{\{user\}\}|<user>)\s*:", re.IGNORECASE | re.MULTILINE)
_PLACE = "data.mes_example"


def example_findings(data: CardData) -> Iterator[LintFinding]:
    """Findings about the example messages, and `<START>` where it does not belong."""
    if data.mes_example.strip():
        yield from _examples(data.mes_example, data.name)
    for where, text in (("data.first_mes", data.first_mes), *greetings(data)):
        yield from _in_greeting(where, text)
    for field in ("description", "personality", "scenario"):
        yield from _stray(f"data.{field}", getattr(data, field))


def _examples(text: str, name: str) -> Iterator[LintFinding]:
    first = _START.search(text)
    if first is None or text[: first.start()].strip():
        reason = "The examples do not begin with <START>. What stands before it counts as part of the chat."
        fix = setting("Put <START> first", _PLACE, f"<START>\n{text.lstrip()}")
        yield finding("examples.start", "warning", _PLACE, reason, fix)
    yield from _start_lines(text)
    if empty := _TWICE.search(text):
        reason = "A block of examples is empty: there is nothing between <START> and the next or the end."
        fix = setting("Take it out", _PLACE, _TWICE.sub("", text).rstrip())
        yield finding("examples.empty", "info", _PLACE, reason, fix, range(*empty.span()))
    if not _SPEAKER.search(text) and not _names_speaker(text, name):
        reason = "No line begins with “{{char}}:”, so a model cannot tell whose words these are."
        yield finding("examples.speaker", "warning", _PLACE, reason)


def _start_lines(text: str) -> Iterator[LintFinding]:
    """Programs split at `<START>`; SillyTavern wants it in capitals and on a line of its own."""
    for match in _START.finditer(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line_end = text.find("\n", match.end())
        line = text[line_start : line_end if line_end >= 0 else len(text)]
        if line.strip() != "<START>":
            reason = "<START> belongs on a line of its own, in capitals. Some programs miss this one."
            fix = setting("Give it a line", _PLACE, _on_own_lines(text))
            yield finding("examples.line", "warning", _PLACE, reason, fix, range(*match.span()))
            return


def _on_own_lines(text: str) -> str:
    lined = _NOT_ALONE.sub("\n<START>\n", text)
    return _LINES_AROUND.sub("\n<START>\n", lined).lstrip("\n")


def _names_speaker(text: str, name: str) -> bool:
    bare = name.strip()
    return bool(bare) and re.search(rf"^[^\S\n]*{re.escape(bare)}\s*:", text, re.MULTILINE) is not None


def _in_greeting(where: str, text: str) -> Iterator[LintFinding]:
    yield from _stray(where, text)
    if speaks := _USER_SPEAKS.search(text):
        reason = "This greeting speaks for {{user}}. Most readers want to say their own words."
        yield finding("greeting.user", "warning", where, reason, span=range(*speaks.span()))


def _stray(where: str, text: str) -> Iterator[LintFinding]:
    if match := _START.search(text):
        reason = "<START> means something in the example messages only; here people see it as it is."
        fix = setting("Take it out", where, _WITH_ITS_LINE.sub("", text))
        yield finding("examples.stray", "warning", where, reason, fix, range(*match.span()))
