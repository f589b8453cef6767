"""Subtitles: what is said comes out as whole lines with their speakers; all else is dropped or set aside."""

import contextlib
import time

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.reading.index import read_index
from cardgen_desktop.reading.shapes import label_pattern, shape_of
from cardgen_desktop.sources.registry import read_bytes
from tests.drafting.stories import draft
from tests.support.subtitle_files import spoken, stamp, subrip, substation, webvtt

HOSTILE_SECONDS = 20.0
"""Far above what is measured (under two seconds): the machine may be busy."""


def read(text: str, name: str = "lamp.srt") -> SourceText:
    return read_bytes(text.encode(), name)


def lines(text: str, name: str = "lamp.srt") -> list[str]:
    return [line for line in read(text, name).text.split("\n") if line]


def asides(source: SourceText) -> list[tuple[str, str]]:
    return [(aside.kind, source.text[aside.start : aside.end]) for aside in source.asides]


def speeches(source: SourceText) -> list[tuple[str, str]]:
    """What the reading hears: pairs of speaker and words, "" for a speaker who is not known."""
    index = read_index([source])
    found = []
    for unit in index.units:
        words = " ".join(index.text[index.segments[n].start : index.segments[n].end] for n in unit.segments)
        found.append(("" if unit.speaker is None else index.characters[unit.speaker].name, words))
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (spoken("The lamp."), "x.txt"),
        (spoken("The lamp.").replace("\n", "\r\n"), "x.txt"),
        ("\ufeff" + spoken("The lamp."), "x"),
        (webvtt([(1, 2, "The lamp.")]), "x.txt"),
        (substation([(1, 2, "Default", "", "The lamp.")]), "x.log"),
        ("Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,The lamp.\n", "x.txt"),
        ("from a disc\n" + spoken("The lamp.", "The lamp.", "The lamp.", pause=9.0), "x"),
    ],
)
def test_content_tells_subtitles(text: str, name: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        source = read_bytes(text.encode(encoding), name)
        assert source.kind == "subtitles"
        assert set(source.text.split("\n")) <= {"The lamp.", ""}


def test_a_text_that_quotes_a_time_is_no_subtitle() -> None:
    story = "Mara wrote down:\n\n" + "00:00:01,000 --> 00:00:02,000\n\n" + "The lamp burned all night.\n" * 20
    assert read(story, "x.txt").kind == "text"


def test_a_file_without_times_is_read_as_text_and_says_so() -> None:
    source = read("Mara lit the lamp.\n\nRain fell.\n", "x.srt")
    assert (source.kind, source.text) == ("subtitles", "Mara lit the lamp.\n\nRain fell.\n")
    assert [warning.code for warning in source.warnings] == ["no_times"]


def test_numbers_times_tags_and_entities_are_dropped() -> None:
    source = read(
        spoken('<i>The lamp</i> &amp; {\\an8}the <font color="#ff0000">boat</font>.', "<b>I <3 it.</b>\u200b")
    )
    assert source.text == "The lamp & the boat.\nI <3 it."
    assert (source.title, source.encoding) == ("Lamp", "utf-8")


def test_sentences_over_several_cues_are_one_line() -> None:
    assert lines(
        spoken(
            "I have waited\nfor the boat", "since the rain", "began.", "Have you?", "I thought...", "...so."
        )
    ) == ["I have waited for the boat since the rain began.", "Have you?", "I thought... so."]


def test_long_pauses_are_blank_lines_and_end_a_sentence() -> None:
    source = read(subrip([(1, 2, "One."), (2.5, 3, "Two."), (10, 11, "Three"), (40, 41, "four.")]))
    assert source.text == "One.\nTwo.\n\nThree\n\nfour."


def test_east_asian_lines_join_without_a_space_and_only_when_the_file_has_stops() -> None:
    assert lines(spoken("ランプが", "消えた。", "はい。")) == ["ランプが消えた。", "はい。"]
    assert lines(spoken("灯灭了", "船来了", "走吧")) == ["灯灭了", "船来了", "走吧"]


def test_dashes_are_two_speakers() -> None:
    assert lines(spoken("- Is it lit?\n- It is.", "-No.\nNot yet.", "It is -5 degrees.")) == [
        "Is it lit?", "It is.", "No. Not yet.", "It is -5 degrees.",
    ]  # fmt: skip


def test_other_marks_of_a_new_speaker() -> None:
    assert lines(spoken("—Vamos.\n—No quiero.", ">> ANNA: Who? >> JON: Me.", "Wait—\n—no.")) == [
        "Vamos.", "No quiero.", "Anna: Who?", "Jon: Me.", "Wait— —no.",
    ]  # fmt: skip


def test_credits_are_set_aside() -> None:
    source = read(spoken("Subtitles by Night Owl", "www.example.org", "The lamp."))
    assert asides(source) == [("credit", "Subtitles by Night Owl"), ("credit", "www.example.org")]


def test_labels_become_a_chat_with_exact_speakers() -> None:
    source = read(
        spoken(
            "MARA: The lamp is lit.",
            "JON (whispering): The boat is late.",
            "- MARA: Wait.\n- JON: I wait.",
            "[sighs] MARA: We have",
            "all night.",
            "MRS. DALE:\nCome in.",
            "JON: Listen: the bell.",
        )
    )
    assert source.text.split("\n") == [
        "Mara: The lamp is lit.",
        "Jon: *whispering* The boat is late.",
        "Mara: Wait.",
        "Jon: I wait.",
        "Mara: *sighs* We have all night.",
        "Mrs. Dale: Come in.",
        "Jon: Listen: the bell.",
    ]
    assert label_pattern(source.text) is not None
    assert speeches(source) == [
        ("Mara", "The lamp is lit."),
        ("Jon", "The boat is late."),
        ("Mara", "Wait."),
        ("Jon", "I wait."),
        ("Mara", "We have all night."),
        ("Mrs. Dale", "Come in."),
        ("Jon", "Listen: the bell."),
    ]


def test_lines_without_a_label_are_nobodys() -> None:
    source = read(
        spoken(
            "MARA: The lamp is lit.", "It burns.", "Who lit it?", "JON: I did.", "Good.", "MARA: So it burns."
        )
    )
    assert speeches(source) == [
        ("Mara", "The lamp is lit."),
        ("", "It burns."),
        ("", "Who lit it?"),
        ("Jon", "I did."),
        ("", "Good."),
        ("Mara", "So it burns."),
    ]


def test_names_in_brackets_are_speakers_where_sounds_are_small() -> None:
    text = spoken(
        "[Mara] The lamp.", "[wind howls]", "[Jon] The boat.", "[sighs] Late.", "[Mara] Yes.", "[Jon] No."
    )
    assert lines(text) == [
        "Mara: The lamp.", "[wind howls]", "Jon: The boat.", "*sighs* Late.", "Mara: Yes.", "Jon: No.",
    ]  # fmt: skip


def test_without_labels_it_is_speech_of_nobody_and_no_sheet() -> None:
    source = read(
        spoken("- Mara, the lamp.\n- I see it.", "Remember: no light.", "Come on, Mara.", "Run, Mara.")
    )
    assert shape_of(source.text) == "prose"
    assert {speaker for speaker, _ in speeches(source)} == {""}
    assert [character.name for character in read_index([source]).characters] == ["Mara"]


def test_words_before_a_colon_are_no_speakers_among_capitals() -> None:
    assert lines(spoken("MARA: Yes.", "Remember: no light.", "JON: No.", "Ten o'clock: dark.")) == [
        "Mara: Yes.", "?: Remember: no light.", "Jon: No.", "?: Ten o'clock: dark.",
    ]  # fmt: skip


def test_sounds_songs_and_signs_are_set_aside() -> None:
    source = read(
        spoken("[door\nopens]", "(SIGHS)", "♪ Row, row ♪", "♪ Down\nthe stream ♪", "Well (coughs) yes.")
    )
    assert asides(source) == [
        ("sound", "[door opens]"),
        ("sound", "(SIGHS)"),
        ("lyrics", "♪ Row, row ♪ ♪ Down the stream ♪"),
    ]
    assert source.text.endswith("\nWell *coughs* yes.")
    assert [words for _, words in speeches(source)] == ["Well yes."]


def test_webvtt_comments_styles_and_regions_are_dropped() -> None:
    between = (
        "NOTE\nby a friend\n00:00:01.000 --> 00:00:09.000 old\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:one\n\nfirst cue\n"
    )
    text = webvtt([(1, 2, "<c.loud>Lamp</c><00:00:01.500> out."), (3, 4, "Second.\n\nNOTE no cue")], between)
    assert lines(text, "x.vtt") == ["Lamp out.", "Second."]


def test_webvtt_voices_are_speakers() -> None:
    text = webvtt(
        [
            (1, 2, "<v.first Mara>The lamp is lit."),
            (2.2, 3, "<v Mara>And the boat?"),
            (3.2, 5, "<v Jon>Late.</v>\n<v Mara Dale>Again.</v>"),
        ]
    )
    assert lines(text, "x.vtt") == ["Mara: The lamp is lit. And the boat?", "Jon: Late.", "Mara Dale: Again."]


def test_rolling_captions_say_each_line_once() -> None:
    cues = []
    words = ["the lamp is lit", "and the boat", "is late again", "so we wait", "all night long"]
    for at, (before, now) in enumerate(zip(["", *words], words, strict=False)):
        cues += [
            (at * 2.0, at * 2.0 + 1.9, f"{before}\n{now}".strip()),
            (at * 2.0 + 1.9, at * 2.0 + 2.0, now),
        ]
    assert read(webvtt(cues), "x.vtt").text == " ".join(words)
    assert lines(spoken("No!", "No!", "Yes.", "No!")) == ["No!", "No!", "Yes.", "No!"]


def test_substation_names_titles_drawings_and_comments() -> None:
    text = substation(
        [
            (5, 6, "Default", "Jon", "{\\i1}The boat,{\\i0} Mara.\\NIt's\\hlate."),
            (1, 2, "Default", "Mara", "Lamp, {a note}lit."),
            (1, 2, "Default", "", "{\\p1}m 0 0 l 100 0{\\p0}"),
            (3, 4, "Signs", "", "HARBOUR"),
            (7, 8, "Default", "", "{\\k20}Row {\\k30}row"),
        ],
        title="The Lamp",
    )
    source = read(text + "Comment: 0,0:00:09.00,0:00:10.00,Default,,0,0,0,,old\nDialogue: broken\n", "x.ass")
    assert source.text.split("\n") == [
        "Mara: Lamp, lit.",
        "HARBOUR",
        "Jon: The boat, Mara. It's late.",
        "Row row",
    ]
    assert [kind for kind, _ in asides(source)] == ["sign", "lyrics"]
    assert source.title == "The Lamp"


def test_broken_files_lose_no_words() -> None:
    broken = (
        "7\n00:00:01,000 --> 00:00:02,000\nOne.\n9\n0:0:3,5 --> 0:0:2\nTwo.\n\nstill two.\n"
        "-00:00:04,000 --> 00:00:05,000\nThree.\n00:00:05.000-->00:00:06.000 X1:1\n4.\n\n\n\n"
        "00:00:06,000 --> 00:00:07,000\n\n12\n00:00:08,000 --> 00:00:09,000\n1984"
    )
    assert " ".join(read(broken).text.split()) == "Three. One. Two. still two. 4. 1984"


def test_letters_of_old_files_are_decoded() -> None:
    text = spoken("Das Lämpchen verlösch früh.", "Ich weiß es nicht, schöne Müllerin.", "Wir gehen zurück.")
    assert "verlösch früh." in read_bytes(text.encode("cp1252"), "x.srt").text


def test_capitals_throughout_become_small_letters_and_the_source_says_so() -> None:
    source = read(
        spoken(
            "MARA, THE LAMP IS OUT.",
            "I TOLD YOU... DIDN'T I?",
            "- WHO IS THAT?\n- IT'S ME, KAEL.",
            "COME IN, KAEL. DR. LIVESEY AND MR. SMITH\nARE HERE.",
            "MARY'S IN LONDON. ON MONDAY, THE U.S. AND THE FBI.",
            "WILL YOU MARRY ME? HOPE SO.",
            "CHAPTER ONE!",
        )
    )
    assert [warning.code for warning in source.warnings] == ["capitals"]
    assert source.headings == ()
    assert source.text.split("\n") == [
        "Mara, the lamp is out.",
        "I told you... didn't I?",
        "Who is that?",
        "It's me, Kael.",
        "Come in, Kael. Dr. Livesey and Mr. Smith are here.",
        "Mary's in London. On Monday, the U.S. and the FBI.",
        "Will you marry me? Hope so.",
        "Chapter one!",
    ]
    index = read_index([source])
    assert "".join(index.text[each.start : each.end] for each in index.paragraphs) == source.text.replace(
        "\n", ""
    )
    assert [words for _, words in speeches(source)] == source.text.split("\n")
    assert {"Mara", "Kael"} <= {person.name for person in index.people()}


def test_a_word_is_no_name_because_it_is_shouted_twice() -> None:
    text = spoken(
        "COME ON, HOLD!", "RUN, HOLD!", "THE BOAT WAS HOLDING.", "A COWARD? GO, COWARD!", "STAY, COWARD."
    )
    assert lines(text) == [
        "Come on, hold!", "Run, hold!", "The boat was holding.", "A coward? Go, coward!", "Stay, coward.",
    ]  # fmt: skip


def test_labels_and_actions_keep_their_form_in_a_file_of_capitals() -> None:
    text = spoken("TAMSIN: (SIGHING) WHERE IS IT?", "KAEL: ASK TAMSIN, NOT ME.", "TAMSIN: NO!", "KAEL: SHH!")
    assert lines(text) == [
        "Tamsin: *sighing* Where is it?", "Kael: Ask Tamsin, not me.", "Tamsin: No!", "Kael: Shh!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        spoken(
            "ICH HABE DAS HAUS GESEHEN UND DU HAST DEN MANN NICHT GEKANNT.",
            "WO IST DIE FRAU, DIE ICH MIT DIR SAH?",
        ),
        spoken("NO!", "YES."),
        spoken(
            "He shouted at me.",
            "I TOLD YOU TO WATCH IT, DIDN'T I? THE LAMP IS OUT.",
            "And then he was gone again.",
        ),
    ],
    ids=["german nouns", "too little", "one loud line"],
)
def test_other_capitals_stay(text: str) -> None:
    source = read(text)
    assert source.warnings == ()
    assert all(line in source.text for line in text.split("\n") if line and not line[0].isdigit())


def test_lines_in_capitals_are_said_and_no_headings() -> None:
    source = read(spoken("Who is it?", "PART OF ME KNOWS!", "Mara, come here, please.", "NO!", pause=9.0))
    assert source.headings == ()
    assert [words for _, words in speeches(source)] == [
        "Who is it?", "PART OF ME KNOWS!", "Mara, come here, please.", "NO!",
    ]  # fmt: skip


def test_counted_numbers_are_said_and_no_page_numbers() -> None:
    source = read(spoken(*(str(number) for number in range(1, 16)), pause=9.0))
    assert source.asides == ()


def test_cues_are_put_into_the_order_of_their_times() -> None:
    source = read(subrip([(12, 13, "Third."), (1, 2, "First."), (6, 7, "Second."), (20, 21, "Last.")]))
    assert source.text == "First.\n\nSecond.\n\nThird.\n\nLast."
    assert [warning.code for warning in source.warnings] == ["cues_out_of_order"]
    assert source.warnings[0].message.startswith("2 subtitles of")
    assert read(spoken("One.", "Two.")).warnings == ()


def test_two_files_in_one_stay_behind_one_another() -> None:
    first, second = spoken("One.", "Two.", "Three."), spoken("Four.", "Five.")
    source = read(f"{first}\n{second}")
    assert source.text.split() == ["One.", "Two.", "Three.", "Four.", "Five."]
    assert source.warnings == ()


def test_the_same_words_at_the_same_time_are_said_once() -> None:
    layers = [(1, 3, "The lamp."), (1, 3, "The boat."), (1, 3, "The lamp."), (1, 3, "The boat.")]
    assert lines(subrip(layers)) == ["The lamp.", "The boat."]
    frames = [(1 + at / 25, 1 + (at + 1) / 25, "It moves.") for at in range(3)]
    others = [(20 + at, 21 + at, f"Line {at}.") for at in range(20)]
    assert lines(subrip([*frames, *others]))[:2] == ["It moves.", "Line 0."]


def test_captions_as_video_sites_write_them() -> None:
    text = "WEBVTT\nKind: captions\nLanguage: en\n\n"
    words = ["so the lamp", "is lit again", "and we wait", "for the boat", "all night"]
    before = " "
    for at, now in enumerate(words):
        tagged = now.replace(" ", f"<00:00:{2 * at:02}.500><c> ", 1) + "</c>"
        text += f"00:00:{2 * at:02}.000 --> 00:00:{2 * at + 1:02}.990 align:start\n{before}\n{tagged}\n\n"
        text += (
            f"00:00:{2 * at + 1:02}.990 --> 00:00:{2 * at + 2:02}.000 align:start position:0%\n{now}\n \n\n"
        )
        before = now
    assert read(text, "x.vtt").text == " ".join(words)


def test_two_speakers_on_one_line() -> None:
    text = spoken("- Hi. - Hello.", "-Is it? -No... -Yes.", "- It is - I think - lit.", "Not now - later.")
    assert lines(text) == [
        "Hi.", "Hello.", "Is it?", "No...", "Yes.", "It is - I think - lit.", "Not now - later.",
    ]  # fmt: skip


def test_names_in_capitals_in_brackets_are_speakers_and_sounds_are_not() -> None:
    text = spoken(
        "[JOHN] Who?", "[GASPS] Me.", "[TAMSIN] The boat.", "I saw Tamsin there.", "[DR. LOW] No.",
        "[MAN 2] Out!", "[COUGHS] Oh.", "[COUGHS] Oh.", "[WIND HOWLS]",
    )  # fmt: skip
    assert lines(text) == [
        "John: Who?", "*gasps* Me.", "Tamsin: The boat.", "I saw Tamsin there.", "Dr. Low: No.",
        "Man 2: Out!", "*coughs* Oh.", "*coughs* Oh.", "[WIND HOWLS]",
    ]  # fmt: skip


def test_marks_of_the_script_are_no_manner_and_who_sings_is_kept() -> None:
    source = read(
        spoken("JOHN (V.O.): It was dark.", "MARY (CONT'D): Yes.", "JOHN (O.S.): No.", "JOHN: ♪ La la ♪")
    )
    assert source.text.split("\n") == ["John: It was dark.", "Mary: Yes.", "John: No.", "John: ♪ La la ♪"]
    assert asides(source) == [("lyrics", "John: ♪ La la ♪")]


HARBOUR = (
    ("KATE", "I told you the harbour is not for sale, Sam."),
    ("SAM", "Your father would have wanted it that way, Kate."),
    ("KATE", "You never knew him. He sold everything but the light."),
    ("SAM", "And what do you want with a lamp that nobody needs?"),
    ("KATE", "I keep the lamp because my father kept it before me."),
    ("SAM", "Then keep it, Kate, and keep the cold as well."),
)


def examples_of(text: str, name: str) -> str:
    index = read_index([read(text)])
    return draft(index, index.find_people(name)[0].id).card.mes_example


def test_a_card_answers_with_the_lines_that_are_labelled() -> None:
    written = examples_of(spoken(*(f"{who}: {words}" for who, words in HARBOUR)), "Kate")
    own = [line for line in written.splitlines() if line.startswith("{{char}}:")]
    assert len(own) >= 2
    for line in own:
        assert any(who == "KATE" and words in line.replace("{{user}}", "Sam") for who, words in HARBOUR), line


def test_a_card_puts_no_line_without_a_speaker_into_a_mouth() -> None:
    written = examples_of(spoken(*(words for _, words in HARBOUR)), "Kate")
    assert "{{char}}" in written
    assert not any(words in written for _, words in HARBOUR)


def many(count: int, text: str) -> str:
    return "".join(f"{stamp(at, ',')} --> {stamp(at + 1, ',')}\n{text}\n\n" for at in range(count))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (many(39_000, "Mara: the"), "x.srt"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "a: (" * 500_000, "x.srt"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "<v." * 700_000, "x.vtt"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v A>b" * 300_000, "x.vtt"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "[\n" * 900_000, "x.srt"),
        ("[Events]\n" + "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + "{\\p1" * 400_000, "x.ass"),
        ("[Events]\nFormat: " + "start," * 300_000 + "\n", "x.ass"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "&#x26;{\\" * 200_000 + " " * 500_000, "x.srt"),
        (many(39_000, "MARA, THE LAMP IS OUT, TOM."), "x.srt"),
        (many(1, "A, " * 400_000 + "THE " * 400_000), "x.srt"),
        (many(1, "-A. " * 300_000), "x.srt"),
        (many(1, "A." * 500_000 + "*" * 500_000), "x.srt"),
        (
            "".join(
                f"{39_000 - at}\n{stamp(39_000 - at, ',')} --> 00:00:00,000\nA.\n\n" for at in range(39_000)
            ),
            "x.srt",
        ),
        (many(1, "\0" * 500_000 + "A" * 500_000), "x.srt"),
        ("1\n9999:999:999,999999999 --> 0:0:0\nA.\n\n1\n-9999:0:0 --> -0:0:0\nB.\n", "x.srt"),
    ],
    ids=[
        "cues",
        "colons",
        "voices",
        "speakers",
        "brackets",
        "drawings",
        "columns",
        "marks",
        "capitals",
        "commas",
        "dashes",
        "stops",
        "backwards",
        "nul",
        "times",
    ],
)
def test_hostile_files_end_soon(text: str, name: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(SourceError):
        read(text, name)
    assert time.monotonic() - began < HOSTILE_SECONDS


def test_too_many_cues_are_refused_with_the_limit() -> None:
    with pytest.raises(SourceError, match=r"40,000 .*Split"):
        read("00:01 --> 00:02\na\n" * 40_001)
    with pytest.raises(SourceError, match=r"40,000 .*Split"):
        read("Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,a\n" * 40_001, "x.ass")
