"""Whether a lorebook key that is a pattern compiles where it is used: in JavaScript (ECMAScript, RegExp).

The grammar is checked by going through the text once; nothing is compiled, so no pattern can hang the check.
Only what every engine refuses is an error; what is merely unusual passes.
"""

import re

_LITERAL = re.compile(r"/(.+)/([a-zA-Z]*)", re.DOTALL)
_FLAGS = frozenset("dgimsuvy")
_GROUP = re.compile(r"\?(?::|=|!|<=|<!|<[\w$]+>|[a-z]*(?:-[a-z]+)?:)")
_RANGE = re.compile(r"(?<![\\-])([A-Za-z0-9])-([A-Za-z0-9])")
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def as_pattern(key: str) -> tuple[str, str] | None:
    """The pattern and the flags of a key such as `/dragons?/i`; None for a plain key."""
    match = _LITERAL.fullmatch(key.strip())
    return (match[1], match[2]) if match else None


def fault_of(pattern: str, flags: str = "") -> str:
    """What is wrong with a pattern, as the end of a sentence; empty when it compiles."""
    if unknown := [flag for flag in flags if flag not in _FLAGS]:
        return f"the flag “{unknown[0]}” does not exist"
    if len(set(flags)) != len(flags):
        return "a flag stands there twice"
    return _Walk(pattern).fault()


def matches_everything(pattern: str) -> bool:
    """Whether a pattern surely matches every text: it is empty, or only stars and dots."""
    return bool(re.fullmatch(r"\^?(?:\(\?:)?(?:\.\*\??|\.\+\??|\.\??|\[\\s\\S\]\*|\|)*\)?\$?", pattern))


class _Walk:
    """One way through a pattern."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._place = 0
        self._depth = 0
        self._can_repeat = False

    def fault(self) -> str:
        while self._place < len(self._text):
            if found := self._step():
                return found
        return "a bracket “(” is not closed" if self._depth else ""

    def _step(self) -> str:
        sign = self._text[self._place]
        handler = {"\\": self._escape, "[": self._class, "(": self._open, ")": self._close}.get(sign)
        if handler is not None:
            return handler()
        if sign in "*+?" or (sign == "{" and _COUNT.match(self._text, self._place)):
            return self._repeat(sign)
        self._place += 1
        self._can_repeat = sign not in "|^$"
        return ""

    def _escape(self) -> str:
        if self._place + 1 >= len(self._text):
            return "it ends with a lone “\\”"
        self._can_repeat = self._text[self._place + 1] not in "bB"
        self._place += 2
        return ""

    def _class(self) -> str:
        place, text = self._place + 1, self._text
        while place < len(text) and text[place] != "]":
            place += 2 if text[place] == "\\" else 1
        if place >= len(text):
            return "a bracket “[” is not closed"
        content = text[self._place + 1 : place]
        self._place, self._can_repeat = place + 1, True
        backwards = next((match for match in _RANGE.finditer(content) if match[1] > match[2]), None)
        return f"the range “{backwards.group()}” runs backwards" if backwards else ""

    def _open(self) -> str:
        self._depth += 1
        self._place += 1
        self._can_repeat = False
        if self._text.startswith("?", self._place):
            match = _GROUP.match(self._text, self._place)
            if match is None:
                return "“(?” is followed by a sign that means nothing there"
            self._place = match.end()
        return ""

    def _close(self) -> str:
        if not self._depth:
            return "a bracket “)” closes nothing"
        self._depth -= 1
        self._place += 1
        self._can_repeat = True
        return ""

    def _repeat(self, sign: str) -> str:
        if not self._can_repeat:
            return f"“{sign}” has nothing before it to repeat"
        if sign == "{":
            match = _COUNT.match(self._text, self._place)
            assert match is not None
            if match[2] and int(match[2][:9]) < int(match[1][:9]):
                return f"the numbers in “{match.group()}” are the wrong way round"
            self._place = match.end()
        else:
            self._place += 1
        if self._text.startswith("?", self._place):
            self._place += 1
        self._can_repeat = False
        return ""
