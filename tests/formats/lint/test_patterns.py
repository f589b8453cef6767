"""Patterns of lorebook keys: what JavaScript refuses, and what it takes although it looks odd."""

import pytest

from cardgen_desktop.formats.lint.patterns import as_pattern, fault_of, matches_everything

SOUND = [
    "dragons?", "(?:a|b)+", "(?<name>x)\\k<name>", "(?<=a)b", "(?<!a)b", "\\p{L}+", "[^]", "a{2,5}?", "a{,5}",
    "x{", "]", "}", "\\d{3}", "(a(b)c)*", "^$", "a||b", "[\\]]", "(?i:a)", "\\bword\\b", "é+", "a{3}",
    "[a-z-]", "[\\w-a]", "[a\\-Z]", "[--a]",
]  # fmt: skip
BROKEN = [
    "(", ")", "(a", "a)", "[a", "*a", "a**", "a++", "+", "?", "(?", "(?P<x>a)", "a\\", "a|*",
    "a{5,2}", "(*a)", "^*", "$+", "\\b*", "[z-a]",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SOUND)
def test_what_compiles_has_no_fault(pattern: str) -> None:
    assert fault_of(pattern) == ""


@pytest.mark.parametrize("pattern", BROKEN)
def test_what_does_not_compile_says_why(pattern: str) -> None:
    assert fault_of(pattern)


def test_flags_are_judged() -> None:
    assert fault_of("a", "giu") == ""
    assert "does not exist" in fault_of("a", "x")
    assert "twice" in fault_of("a", "ii")


def test_a_pattern_is_between_slashes() -> None:
    assert as_pattern("/a\\/b/i") == ("a\\/b", "i")
    assert as_pattern("a/b") is None
    assert as_pattern("/") is None


@pytest.mark.parametrize(("pattern", "always"), [(".*", True), ("", True), ("(?:.*)", True), ("a.*", False)])
def test_patterns_that_match_all(pattern: str, always: bool) -> None:
    assert matches_everything(pattern) is always
