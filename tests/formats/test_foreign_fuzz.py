"""Random trees under the names of every program: a card, a book or one sentence, and every writer copes."""

import io
import json
from collections.abc import Callable
from typing import Any, BinaryIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import Card
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.books import lone_books, risu_lorebook, world_info
from cardgen_desktop.formats.programs import agnai, pygmalion, yaml_cards
from cardgen_desktop.formats.registry import looks_like_card, read_content
from cardgen_desktop.formats.writing import round_trip
from cardgen_desktop.formats.writing.export_order import ExportOrder
from tests.support import foreign_files as files

QUICK = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
Write = Callable[[ExportOrder, BinaryIO], None]

texts = st.text(max_size=8) | st.sampled_from(["a, b", "/x/i", "@@dont_activate\nx", "5", "true", ""])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-9, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
trees: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def keyed(names: Any, value: Any = trees) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(names)), value, max_size=8)


def rows(names: Any) -> st.SearchStrategy[Any]:
    return (
        st.lists(keyed(names) | trees, max_size=3)
        | st.dictionaries(texts, keyed(names) | trees, max_size=3)
        | trees
    )


world_info_rows = rows({*world_info.DEFAULTS, "uid", "keys", "name", "priority", "extensions", "vendor"})
risu_rows = rows({*files.RISU["data"][0], "useRegex", "activationPercent", "vendor"})
memory_rows = rows({*files.AGNAI["characterBook"]["entries"][1], "id", "constant", "vendor"})
novelai_rows = rows({*files.NOVELAI_BOOK["entries"][0]})
kobold_rows = rows({*files.KOBOLDAI[0], "widisabled"})


def joined(base: Any, key: str, found: Any) -> Any:
    return st.builds(lambda fields, inner: {**fields, key: inner}, base, found)


values: st.SearchStrategy[Any] = st.one_of(
    joined(keyed({"name", "description", "originalData", "extensions", "x"}), "entries", world_info_rows),
    joined(joined(st.just({"type": "risu"}), "ver", trees), "data", risu_rows),
    joined(joined(st.just({"kind": "memory"}), "name", trees), "entries", memory_rows),
    joined(st.just({"lorebookVersion": 5}), "entries", novelai_rows),
    kobold_rows,
    joined(keyed({"prompt", "memory"}), "worldinfo", kobold_rows),
    joined(st.just({"spec": "lorebook_v3"}), "data", joined(keyed({"name", "extensions"}), "entries", trees)),
    joined(
        joined(keyed(files.AGNAI), "kind", st.just("character")),
        "characterBook",
        joined(keyed({"name", "scanDepth", "extensions"}), "entries", memory_rows),
    ),
    keyed([*files.AGNAI, "persona", "name", "greeting"]),
    joined(keyed(files.PYGMALION), "char_name", trees),
    keyed([*files.OOBA, "name"], texts),
    joined(
        st.just({}), "definition", joined(keyed(files.CHUB["node"]["definition"]), "first_message", trees)
    ),
    joined(joined(keyed(files.NOVELAI_SCENARIO), "scenarioVersion", trees), "prompt", trees),
)
WRITERS: tuple[Write, ...] = (
    lone_books.write_world_info,
    lone_books.write_lorebook_v3,
    risu_lorebook.write_risu_lorebook,
    yaml_cards.write_yaml,
    pygmalion.write_ooba,
    agnai.write_agnai,
)


def card_in(data: bytes) -> Card | None:
    """The card or book, or None where a sentence was given; anything unforeseen fails."""
    try:
        found = read_content(data, "fuzz")
    except CardError as error:
        refusal = error
    else:
        assert looks_like_card(data, "fuzz")
        return round_trip.card_in(found)
    assert refusal.message.startswith('"fuzz" ') and len(refusal.message) < 400
    assert refusal.details == ""
    return None


@QUICK
@given(values)
def test_any_tree_is_read_and_written_by_all(value: Any) -> None:
    card = card_in(json.dumps(value).encode())
    if card is None:
        return
    for write in WRITERS:
        file = io.BytesIO()
        write(ExportOrder(card), file)
        card_in(file.getvalue())


@QUICK
@given(st.sampled_from([name for name in vars(files) if name.isupper()]), st.data())
def test_sound_files_with_one_value_changed(name: str, data: st.DataObject) -> None:
    tree = json.loads(json.dumps(getattr(files, name)))
    place = tree
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if data.draw(st.booleans()):
            place[key] = data.draw(trees)
            break
        place = place[key]
    card_in(json.dumps(tree).encode())
