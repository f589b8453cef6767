"""Other languages by their packs, and what the packs hold."""

import json

import pytest

from cardgen_desktop.paths import resource
from cardgen_desktop.reading.languages import PACKS, detect_language, first_names, language_pack
from tests.reading.sources import read, spoken

FRENCH = """Mathilde entra dans le salon où M. Duval lisait son journal.

— Bonjour, mon oncle, dit-elle. Avez-vous bien dormi ?

— Fort mal, répondit M. Duval. Et toi, Mathilde ?

— Très bien, s'écria Mathilde.

« Julien est ruiné », dit M. Duval en regardant Mathilde.
"""
GERMAN = """Gregor lag im Bett. »Was ist geschehen?« fragte Gregor. Die Mutter stand vor der Tür. Gregor hörte
die Zeit vergehen, denn die Uhr schlug, und Gregors Zimmer war kalt. »Gregor!« rief die Mutter.

»Ja, Mutter«, antwortete Gregor. Er sah Grete an, und Grete weinte. »Komm«, sagte Grete zu Gregor.
"""
SPANISH = """Juan entró en la taberna. El viejo Pedro lo miró.

—Buenas noches —dijo Juan—. ¿Ha venido María?

—No —respondió Pedro—. María se fue a Sevilla.
"""
RUSSIAN = """Наташа вошла в комнату. Пьер посмотрел на Наташу и улыбнулся.

— Здравствуйте, — сказала Наташа.

— Здравствуйте, — ответил Пьер. Он подал Наташе руку.

— Садитесь, — сказал Пьер.
"""
CHINESE = """林冲走进屋里。

武松问道：“哥哥从哪里来？”

林冲说：“我从东京来。”

“路上可好？”武松问。

林冲答道：“遇见大雪，险些冻死。”

武松笑道：“且喝一碗酒。”

林冲说：“多谢兄弟。”
"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FRENCH, "fr"),
        (GERMAN, "de"),
        (SPANISH, "es"),
        (RUSSIAN, "ru"),
        (CHINESE, "zh"),
        ("The cat and the dog", "en"),
    ],
)
def test_a_language_is_told_by_its_words(text: str, code: str) -> None:
    assert detect_language(text) == code
    assert read(text, language="").language == code


def test_french_tags_inside_dashes_and_marks() -> None:
    said = spoken(read(FRENCH, language="fr"))
    assert ("M. Duval", "Fort mal,") in said and ("M. Duval", "Et toi, Mathilde ?") in said
    assert ("Mathilde", "Très bien,") in said and ("M. Duval", "Julien est ruiné") in said
    assert not any("dit-elle" in words for _, words in said)


def test_german_nouns_are_not_names() -> None:
    index = read(GERMAN, language="de")
    names = [person.name for person in index.people()]
    assert names[0] == "Gregor" and "Grete" in names
    assert not {"Bett", "Tür", "Uhr", "Zimmer"} & set(names)
    assert ("Gregor", "Was ist geschehen?") in spoken(index)


def test_spanish_dashes_take_turns() -> None:
    assert spoken(read(SPANISH, language="es")) == [
        ("Juan", "Buenas noches"),
        ("Juan", "¿Ha venido María?"),
        ("Pedro", "No"),
        ("Pedro", "María se fue a Sevilla."),
    ]


def test_russian_cases_are_one_name() -> None:
    index = read(RUSSIAN, language="ru")
    natasha = index.find_people("Наташа")[0]
    assert natasha.mentions == 4
    assert ("Пьер", "Садитесь,") in spoken(index)


def test_names_without_capitals_come_from_speech() -> None:
    index = read(CHINESE, language="zh")
    assert {person.name for person in index.people()} == {"林冲", "武松"}
    assert spoken(index)[:3] == [("武松", "哥哥从哪里来？"), ("林冲", "我从东京来。"), ("武松", "路上可好？")]


@pytest.mark.parametrize("code", PACKS)
def test_every_pack_is_whole(code: str) -> None:
    pack = language_pack(code)
    data = json.loads(resource("reading", "languages", f"{code}.json").read_text(encoding="utf-8"))
    assert data["code"] == pack.code == code and pack.speech_strong
    known = set(type(pack).__dataclass_fields__) | {"name"}
    assert set(data) <= known


def test_an_unknown_language_reads_like_english() -> None:
    assert language_pack("sv").speech_strong == language_pack("en").speech_strong


def test_first_names_tell_gender_and_nicknames() -> None:
    names = first_names()
    assert names.gender("mary") == "f" and names.gender("john") == "m" and names.gender("zzz") == ""
    assert names.is_nickname("elizabeth", "lizzy") and not names.is_nickname("mary", "john")


def test_the_notice_names_who_made_the_data() -> None:
    notice = resource("reading", "NOTICE.txt").read_text(encoding="utf-8")
    assert "LitBank" in notice and "David Bamman" in notice and "CC BY 4.0" in notice and "Apache" in notice
