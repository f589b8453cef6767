"""Cards and lorebooks as other programs write them, small and made up for the tests."""

from typing import Any

from cardgen_desktop.domain.card import Card, CardData, Lorebook

AGNAI: dict[str, Any] = {
    "kind": "character",
    "_id": "c1",
    "name": "Mira Holt",
    "description": "A note for people: best by night.",
    "appearance": "Oilskin, grey braid.",
    "persona": {
        "kind": "wpp",
        "attributes": {"species": ["human"], "mind": ["dry", "patient"]},
    },
    "greeting": "You are late.",
    "scenario": "The winter oil arrives.",
    "sampleChat": "{{user}}: Lonely?\n{{char}}: On calm days.",
    "alternateGreetings": ["Mind the step."],
    "characterBook": {
        "kind": "memory",
        "_id": "m1",
        "name": "Gull Rock",
        "description": "",
        "userId": "u1",
        "entries": [
            {
                "name": "rock",
                "entry": "A skerry.",
                "keywords": ["Gull Rock", "the rock"],
                "priority": 10,
                "weight": 3,
                "enabled": True,
                "vendor": [1],
            },
            {
                "name": "Tobias",
                "entry": "Her brother.",
                "keywords": ["Tobias"],
                "priority": 0,
                "weight": 7,
                "enabled": False,
                "comment": "drowned",
                "secondaryKeys": ["brother"],
                "selective": True,
                "position": "before_char",
            },
        ],
    },
    "tags": ["sea"],
    "systemPrompt": "",
    "postHistoryInstructions": None,
    "insert": {"depth": 3, "prompt": "Storm tonight."},
    "creator": "the tests",
    "characterVersion": "2",
    "visualType": "avatar",
    "voice": {"service": None},
    "favorite": False,
    "createdAt": "2023-11-14T22:13:20Z",
}

PYGMALION: dict[str, Any] = {
    "char_name": "Mira Holt",
    "char_persona": "She keeps the light.",
    "char_greeting": "You are late.",
    "world_scenario": "Gull Rock.",
    "example_dialogue": "<START>\n{{char}}: Hm.",
    "metadata": {"version": 1, "tool": {"name": "x"}},
}

OOBA: dict[str, Any] = {
    "bot": "Mira Holt",
    "greeting": "You are late.",
    "context": "Mira keeps the light.  \nShe counts ships.\n",
    "your_name": "You",
    "turn_template": "",
}

CHUB: dict[str, Any] = {
    "node": {
        "name": "Mira",
        "fullPath": "keeper/mira-holt",
        "topics": ["sea", "Light"],
        "starCount": 3,
        "definition": {
            "name": "Mira Holt",
            "personality": "She keeps the light.",
            "tavern_personality": "Dry.",
            "scenario": "Gull Rock.",
            "first_message": "You are late.",
            "example_dialogs": "<START>",
            "description": "For people.",
            "system_prompt": "{{original}}",
            "post_history_instructions": "Brief.",
            "alternate_greetings": ["Mind the step."],
            "extensions": {"chub": {"id": 5}},
            "embedded_lorebook": {"entries": [{"keys": ["rock"], "content": "A skerry.", "enabled": True}]},
            "bound_preset": None,
        },
    }
}

NOVELAI_BOOK: dict[str, Any] = {
    "lorebookVersion": 5,
    "entries": [
        {
            "text": "A skerry.",
            "displayName": "rock",
            "keys": ["Gull Rock", "the rock, far out"],
            "enabled": True,
            "forceActivation": False,
            "id": "5b1c",
            "searchRange": 1000,
            "contextConfig": {"prefix": "", "suffix": "\n", "budgetPriority": 400},
            "loreBiasGroups": [],
            "category": "",
        },
        {
            "text": "Storms.",
            "displayName": "storm",
            "keys": ["/st(o|u)rm/i"],
            "enabled": False,
            "forceActivation": True,
            "contextConfig": {"budgetPriority": -1},
        },
    ],
    "settings": {"orderByKeyLocations": False},
    "categories": [],
}

NOVELAI_SCENARIO: dict[str, Any] = {
    "scenarioVersion": 2,
    "title": "Gull Rock",
    "description": "A winter night.",
    "prompt": "The oil arrived late.",
    "tags": ["sea"],
    "author": "the tests",
    "context": [
        {"text": "Mira keeps the light.", "contextConfig": {"prefix": ""}},
        {"text": "[Mood: storm]", "contextConfig": {"prefix": ""}},
    ],
    "ephemeralContext": [],
    "placeholders": [{"key": "x"}],
    "lorebook": NOVELAI_BOOK,
}

WORLD_INFO: dict[str, Any] = {
    "name": "Gull Rock",
    "entries": {
        "0": {
            "uid": 0,
            "key": ["Gull Rock", "the rock, far out", "/sk[ea]rry/i"],
            "keysecondary": ["sea", "/t,de/"],
            "comment": "place",
            "content": "A skerry.",
            "constant": False,
            "vectorized": True,
            "selective": True,
            "selectiveLogic": 3,
            "addMemo": True,
            "order": 40,
            "position": 4,
            "disable": False,
            "ignoreBudget": True,
            "excludeRecursion": True,
            "preventRecursion": True,
            "matchPersonaDescription": True,
            "matchCharacterDescription": False,
            "matchCharacterPersonality": True,
            "matchCharacterDepthPrompt": True,
            "matchScenario": True,
            "matchCreatorNotes": True,
            "delayUntilRecursion": 2,
            "probability": 60,
            "useProbability": True,
            "depth": 3,
            "outletName": "out",
            "group": "places",
            "groupOverride": True,
            "groupWeight": 70,
            "scanDepth": 5,
            "caseSensitive": True,
            "matchWholeWords": False,
            "useGroupScoring": True,
            "automationId": "bell",
            "role": 2,
            "sticky": 1,
            "cooldown": 2,
            "delay": 3,
            "triggers": ["normal"],
            "displayIndex": 1,
            "characterFilter": {"isExclude": False, "names": ["Mira"], "tags": []},
            "vendor": {"kept": 1},
        },
        "7": {
            "uid": 7,
            "key": ["/st(o|u)rm/i"],
            "keysecondary": [],
            "comment": "",
            "content": "Storms.",
            "constant": True,
            "selective": True,
            "order": 20,
            "position": 0,
            "disable": True,
            "extensions": {"unknown_vendor": [1, None]},
        },
    },
    "vendor_root": [1],
}

ORIGINAL_DATA: dict[str, Any] = {
    "name": "Gull Rock",
    "description": "For keepers.",
    "scan_depth": 4,
    "token_budget": 300,
    "recursive_scanning": True,
    "extensions": {},
    "entries": [
        {
            "id": 0,
            "keys": ["Gull Rock"],
            "name": "The rock",
            "priority": 9,
            "content": "A skerry.",
            "extensions": {"unknown_vendor": 5},
            "enabled": True,
            "insertion_order": 40,
        }
    ],
}

RISU: dict[str, Any] = {
    "type": "risu",
    "ver": 1,
    "data": [
        {
            "key": "Gull Rock, the rock",
            "secondkey": "sea,tide",
            "insertorder": 40,
            "comment": "place",
            "content": "@@depth 4\nA skerry.",
            "mode": "normal",
            "alwaysActive": False,
            "selective": True,
            "folder": "\uf000folder:1",
            "bookVersion": 2,
            "extentions": {"risu_case_sensitive": True},
        },
        {
            "key": "/st(o|u)rm, now/i",
            "secondkey": "",
            "insertorder": 50,
            "comment": "storm",
            "content": "@@dont_activate\nStorms.",
            "mode": "constant",
            "alwaysActive": True,
            "selective": False,
            "useRegex": True,
            "activationPercent": 40,
        },
        {
            "key": "\uf000folder:1",
            "secondkey": "",
            "insertorder": 100,
            "comment": "Places",
            "content": "",
            "mode": "folder",
            "alwaysActive": False,
            "selective": False,
        },
    ],
    "note": "kept",
}

KOBOLDAI: list[Any] = [
    {
        "key": "Gull Rock,the rock",
        "keysecondary": "sea",
        "keyanti": "city",
        "content": "A skerry.",
        "comment": "place",
        "folder": None,
        "selective": True,
        "constant": False,
        "probability": "60",
    }
]

LOREBOOK_V3: dict[str, Any] = {
    "spec": "lorebook_v3",
    "data": {
        "name": "Gull Rock",
        "extensions": {},
        "entries": [
            {
                "keys": ["rock"],
                "content": "@@depth 4\nA skerry.",
                "extensions": {},
                "enabled": True,
                "insertion_order": 1,
                "use_regex": False,
                "vendor": 1,
            }
        ],
    },
    "vendor_root": {"kept": True},
}


def card_of(book: Lorebook) -> Card:
    """A card that has the book's name and only the lorebook."""
    return Card(data=CardData(name=book.name or "", character_book=book))
