"""SillyTavern's World Info entries as lorebook entries: they are found pasted into cards.

Names follow SillyTavern 1.18 (convertWorldInfoToCharacterBook): most settings live under `extensions`.
"""

from typing import Any

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


def is_world_info_entry(entry: dict[str, Any]) -> bool:
    """Whether an entry is written the World Info way."""
    if "keys" in entry:
        return False
    return "key" in entry or "keysecondary" in entry or "uid" in entry


def as_book_entry(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with a lorebook entry's names; keys nobody knows stay where they are."""
    made: dict[str, Any] = {}
    extensions = dict(entry["extensions"]) if isinstance(entry.get("extensions"), dict) else {}
    for key, value in entry.items():
        if key == "extensions":
            continue
        if key == "disable":
            made.setdefault("enabled", not value)
        elif key in EXTENSION_FIELDS:
            extensions.setdefault(EXTENSION_FIELDS[key], value)
        else:
            made[ENTRY_FIELDS.get(key, key)] = value
    return {**made, "extensions": extensions}
