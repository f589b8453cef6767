"""Decorators of V3 lorebook entries (SPEC_V3.md, `Decorators`): lines such as `@@depth 4` above the text."""

import re

_LINES = re.compile(r"\A(?:[ \t]*@@@?[A-Za-z][A-Za-z0-9_]*(?:[ \t][^\r\n]*)?(?:\r\n|\n|\r|\Z))+")


def has_decorators(content: str) -> bool:
    """Whether an entry's content begins with decorator lines."""
    return content.lstrip("\r\n").startswith("@@") and bool(_LINES.match(content.lstrip("\r\n")))


def without_decorators(content: str) -> str:
    """The content as a program sees it that knows no decorators: without them and the newlines around."""
    if not has_decorators(content):
        return content
    return _LINES.sub("", content.lstrip("\r\n")).strip("\r\n")
