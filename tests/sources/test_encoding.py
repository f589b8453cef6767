"""Any encoding comes out exactly; where the file does not say, the guess is told."""

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.sources.encoding import codec_name, decode

ENGLISH = (
    "“You’re late,” said Mara — and she didn’t smile. The café on the quay was shut.\r\n"
    "‘Well,’ the old man began, “there’s fog…” He sat down and told her of the naïve crew.\r\n"
)
GERMAN = (
    "„Du kommst spät“, sagte Mara und löschte die große Lampe über der Tür. Sie hörte nicht auf zu zählen.\n"
    "Für den alten Mann war das nichts Neues, er hatte schon größere Stürme überstanden und Ängste gehört.\n"
)
FRENCH = (
    "«\u00a0Vous êtes en retard\u00a0», dit-elle à l'étranger.\n"
    "La forêt était déjà noire, et le cœur de Mara battait.\n"
    "Il répondit que la marée l'avait empêché de passer, mais qu'il était très pressé.\n"
)
POLISH = (
    "Spóźniłeś się — powiedziała Mara i zgasiła latarnię nad drzwiami. Księżyc świecił już wysoko.\n"
    "Nie bała się go, bo żyła na tej wyspie od dziecka i znała każdy kamień.\n"
)
RUSSIAN = (
    "— Ты опоздал, — сказала Мара и погасила лампу. Было очень тихо.\n"
    "Старик ничего не ответил, только посмотрел на море.\n"
)
GREEK = "Άργησες, είπε η Μάρα και έσβησε τη λάμπα. Η θάλασσα ήταν ήσυχη.\n"
JAPANESE = "「遅かったね」とマラは言って、ランプを消した。海はとても静かだった。\r\n"
CHINESE = "“你来晚了，”她说着，把灯打开。老人没有回答，只是看着黑色的大海。\n"
TRADITIONAL = "「你來晚了，」她說著，把燈打開。老人沒有回答，只是看著黑色的大海。\n"
HEBREW = "אנה פגשה את דוד על הגבעה. שלום, אמרה וחייכה. השמש זרחה מעל הים והציפורים שרו בעצים.\n"
KATAKANA = "アンナはボブに会った。「こんにちは」とアンナは言った。\n"
RARE_HAN = "安娜在山上遇見了鮑勃。「你好，」安娜說。\n"
KOREAN = "“늦었구나.” 마라가 말하고 등불을 껐다. 바다는 조용했다.\n"

LEGACY = [
    (ENGLISH, "cp1252"),
    (ENGLISH, "mac-roman"),
    (GERMAN, "cp1252"),
    (GERMAN, "mac-roman"),
    (FRENCH, "cp1252"),
    (FRENCH, "mac-roman"),
    (POLISH, "cp1250"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN.replace("\u2014", "-"), "koi8-r"),
    (RUSSIAN.replace("\u2014", "-"), "cp866"),
    (GREEK, "cp1253"),
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc_jp"),
    (CHINESE, "gb18030"),
    (TRADITIONAL, "big5"),
    (KOREAN, "euc_kr"),
    (HEBREW, "cp1255"),
    (KATAKANA, "euc_jp"),
    (RARE_HAN, "big5"),
]


@pytest.mark.parametrize(("text", "codec"), LEGACY)
def test_old_encodings_are_guessed_exactly_and_told(text: str, codec: str) -> None:
    decoded = decode((text * 3).encode(codec), "old.txt")
    assert decoded.text == text * 3
    assert [warning.code for warning in decoded.warnings] == ["encoding_guess"]
    assert '"old.txt" does not say' in decoded.warnings[0].message


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed_and_dropped(codec: str) -> None:
    decoded = decode(GERMAN.encode(codec), "x.txt")
    assert (decoded.text, decoded.warnings) == (GERMAN, ())


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN])
def test_wide_text_without_a_mark_is_found(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec), "x.txt")
    assert (decoded.text, decoded.encoding) == (text, codec)
    assert decoded.warnings[0].code == "encoding_guess"


def test_utf8_and_escaped_japanese_need_no_guess() -> None:
    assert decode(JAPANESE.encode(), "x.txt").warnings == ()
    decoded = decode(JAPANESE.encode("iso2022_jp"), "x.txt")
    assert (decoded.text, decoded.warnings) == (JAPANESE, ())


def test_a_declaration_that_fits_is_believed_without_a_warning() -> None:
    header = "Language: German\n\nCharacter set encoding: ISO-8859-1\n\n"
    text = header + GERMAN.replace("\u201e", "\u00bb").replace("\u201c", "\u00ab")
    assert decode(text.encode("cp1252"), "x.txt").warnings == ()
    lie = decode(text.encode("mac-roman"), "x.txt")
    assert lie.text == text
    assert "Mac Roman" in lie.warnings[0].message


def test_names_of_codecs_mean_what_they_mean_on_the_web() -> None:
    assert [codec_name(name) for name in ("ISO-8859-1", "gb2312", "utf8", "no such", "")] == [
        "cp1252", "gb18030", "utf-8", "", "",
    ]  # fmt: skip


def test_a_cut_letter_and_a_few_bad_bytes_stay_utf8() -> None:
    cut = decode(GERMAN.encode()[:-1] + "\u00e9".encode()[:1], "x.txt")
    assert (cut.text, [w.code for w in cut.warnings]) == (GERMAN[:-1], ["truncated"])
    stained = decode(GERMAN.encode() * 5 + b"\xff\n", "x.txt")
    assert stained.text == GERMAN * 5 + "\ufffd\n"
    assert [w.code for w in stained.warnings] == ["encoding_damage"]


def test_control_characters_are_no_text() -> None:
    with pytest.raises(SourceError, match=r'"x.txt" is not a text'):
        decode(b"\x01\x02\x03abc" * 50, "x.txt")
