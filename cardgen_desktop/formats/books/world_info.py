"""SillyTavern's World Info entries as lorebook entries: in files of their own, and pasted into cards.

Names follow SillyTavern 1.18 (convertWorldInfoToCharacterBook): most settings live under `extensions`.
"""

import re
from typing import Any

from ..findings import Findings
from ..model import values

ENTRY_FIELDS = {
    "key": "keys",
    "keysecondary": "secondary_keys",
    "order": "insertion_order",
    "uid": "id",
}
"""World Info keys that have another name in a lorebook entry."""

EXTENSION_FIELDS = {
    "excludeRecursion": "exclude_recursion",
    "preventRecursion": "prevent_recursion",
    "delayUntilRecursion": "delay_until_recursion",
    "displayIndex": "display_index",
    "probability": "probability",
    "useProbability": "useProbability",
    "depth": "depth",
    "role": "role",
    "selectiveLogic": "selectiveLogic",
    "outletName": "outlet_name",
    "group": "group",
    "groupOverride": "group_override",
    "groupWeight": "group_weight",
    "scanDepth": "scan_depth",
    "caseSensitive": "case_sensitive",
    "matchWholeWords": "match_whole_words",
    "useGroupScoring": "use_group_scoring",
    "automationId": "automation_id",
    "vectorized": "vectorized",
    "sticky": "sticky",
    "cooldown": "cooldown",
    "delay": "delay",
    "matchPersonaDescription": "match_persona_description",
    "matchCharacterDescription": "match_character_description",
    "matchCharacterPersonality": "match_character_personality",
    "matchCharacterDepthPrompt": "match_character_depth_prompt",
    "matchScenario": "match_scenario",
    "matchCreatorNotes": "match_creator_notes",
    "triggers": "triggers",
    "ignoreBudget": "ignore_budget",
}
"""World Info keys that a lorebook entry keeps under `extensions`, as SillyTavern names them there."""


DEFAULTS: dict[str, Any] = {
    "key": [],
    "keysecondary": [],
    "comment": "",
    "content": "",
    "constant": False,
    "vectorized": False,
    "selective": True,
    "selectiveLogic": 0,
    "addMemo": True,
    "order": 100,
    "position": 0,
    "disable": False,
    "ignoreBudget": False,
    "excludeRecursion": False,
    "preventRecursion": False,
    "matchPersonaDescription": False,
    "matchCharacterDescription": False,
    "matchCharacterPersonality": False,
    "matchCharacterDepthPrompt": False,
    "matchScenario": False,
    "matchCreatorNotes": False,
    "delayUntilRecursion": 0,
    "probability": 100,
    "useProbability": True,
    "depth": 4,
    "outletName": "",
    "group": "",
    "groupOverride": False,
    "groupWeight": 100,
    "scanDepth": None,
    "caseSensitive": None,
    "matchWholeWords": None,
    "useGroupScoring": None,
    "automationId": "",
    "role": 0,
    "sticky": None,
    "cooldown": None,
    "delay": None,
    "triggers": [],
}
"""Every key of an entry in the order SillyTavern writes it, with the value it takes where one is missing."""

SETTING_DEFAULTS = {
    EXTENSION_FIELDS[key]: value for key, value in DEFAULTS.items() if key in EXTENSION_FIELDS
}
"""The same for the names under a lorebook entry's `extensions`."""

_PATTERN = re.compile(r"/.+/[a-z]*", re.DOTALL)


def is_world_info_entry(entry: dict[str, Any]) -> bool:
    """Whether an entry is written the World Info way."""
    if "keys" in entry:
        return False
    return "key" in entry or "keysecondary" in entry or "uid" in entry


def as_book_entry(entry: dict[str, Any], where: str, findings: Findings) -> dict[str, Any]:
    """The entry with a lorebook entry's names; keys nobody knows stay where they are."""
    made: dict[str, Any] = {}
    extensions = dict(entry["extensions"]) if isinstance(entry.get("extensions"), dict) else {}
    for key, value in entry.items():
        if key == "extensions":
            continue
        if key == "disable":
            disabled = values.truth(value, f"{where}.disable", findings)
            made.setdefault("enabled", None if disabled is None else not disabled)
        elif key in EXTENSION_FIELDS:
            extensions[EXTENSION_FIELDS[key]] = value
        else:
            made[ENTRY_FIELDS.get(key, key)] = value
    if type(made.get("position")) is int:
        extensions["position"] = made.pop("position")
    elif "position" in made:
        extensions.pop("position", None)
    if isinstance(extensions.get("case_sensitive"), bool):
        made.setdefault("case_sensitive", extensions["case_sensitive"])
    made.setdefault("use_regex", all_patterns(made.get("keys")))
    return {**made, "extensions": extensions}


def all_patterns(keys: Any) -> bool:
    """Whether all keys are patterns, `/…/flags`, which SillyTavern tells by the key alone."""
    if isinstance(keys, str):
        keys = [keys]
    if not isinstance(keys, list | tuple) or not keys:
        return False
    return all(isinstance(key, str) and _PATTERN.fullmatch(key) for key in keys)
