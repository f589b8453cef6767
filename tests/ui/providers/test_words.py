"""Profiles, models and ages in words; forms as data."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardgen_desktop.domain.profile import ModelInfo, ModelList, Profile, ProfileView
from cardgen_desktop.ui.providers.catalogue import ModelFilter, chosen_rows, searchable
from cardgen_desktop.ui.providers.form_fields import (
    ADDRESS,
    EXTRA,
    MONTHLY_CAP,
    NAME,
    SECTIONS,
    SEED,
    TEMPERATURE,
    FieldSpec,
    Problem,
    built,
    value_at,
    with_value,
)
from cardgen_desktop.ui.providers.words import (
    age_words,
    context_words,
    group_of,
    key_words,
    list_words,
    missing_words,
    place_words,
    price_words,
    spent_words,
    unique_name,
)
from tests.support.provider_samples import catalogue, profiles
from tests.support.samples import NOW

ATTIC, SHELF, OLLAMA, WRITING_ROOM = profiles()


def test_a_key_is_told_by_its_place_and_never_shown() -> None:
    assert key_words(WRITING_ROOM) == "Key ending …9f is in the keyring"
    from_environment = WRITING_ROOM.model_copy(
        update={"key_place": "environment", "key_name": "CARDGEN_API_KEY"}
    )
    assert key_words(from_environment) == "Key ending …9f, from CARDGEN_API_KEY"
    assert key_words(WRITING_ROOM.model_copy(update={"key_place": "memory"})).endswith("for this run only")
    assert (key_words(ATTIC), key_words(OLLAMA)) == ("No key", "")
    no_key = ProfileView(profile=WRITING_ROOM.profile)
    assert missing_words(no_key) == "A key is missing" and not missing_words(SHELF)
    no_model = OLLAMA.model_copy(update={"profile": OLLAMA.profile.model_copy(update={"model": ""})})
    assert missing_words(no_model) == "No model is chosen"


def test_where_a_model_is_and_what_it_costs() -> None:
    assert [group_of(view.profile) for view in (ATTIC, SHELF, OLLAMA, WRITING_ROOM)] == [
        "other", "local", "local", "openrouter",
    ]  # fmt: skip
    assert place_words(OLLAMA.profile) == "tale:8b · 127.0.0.1:11434"
    assert place_words(SHELF.profile) == "tale-3b-q4.gguf"
    assert spent_words(WRITING_ROOM) == "$1.23 of $5 this month"
    assert (spent_words(OLLAMA), spent_words(ATTIC)) == ("Costs nothing", "No cost known")


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("0.000003", "$3"), ("0.00000015", "$0.15"), ("0", "free"), ("-1", "varies"), (None, "–"),
        ("0.0000000049", "$0.0049"), ("0.0012345", "$1,234.50"),
    ],
)  # fmt: skip
def test_prices_are_for_a_million_tokens(price: str | None, words: str) -> None:
    assert price_words(None if price is None else Decimal(price)) == words


def test_contexts_and_ages() -> None:
    sizes = (131_072, 200_000, 1_000_000, 512, None)
    assert [context_words(size) for size in sizes] == ["128k", "200k", "1M", "512", "–"]
    ages = [age_words(seconds) for seconds in (5, 180, 3 * 3600, 2.5 * 86_400)]
    assert ages == ["just now", "3\xa0minutes ago", "3\xa0hours ago", "2\xa0days ago"]
    assert list_words(catalogue(), NOW) == "6\xa0models · from 3\xa0hours ago"
    assert list_words(ModelList(), NOW) == "0\xa0models"


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert unique_name("Ollama", {"ollama", "Ollama 2"}) == "Ollama 3"
    assert unique_name("Ollama", set()) == "Ollama"


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (NAME, "  Attic   room ", "Attic room"),
        (ADDRESS, "localhost:1234/v1/", "http://localhost:1234/v1"),
        (ADDRESS, "models.example/v1", "https://models.example/v1"),
        (TEMPERATURE, "0,7", 0.7),
        (SEED, "", None),
        (SEED, "12 345", 12_345),
        (MONTHLY_CAP, "$5", Decimal(5)),
        (MONTHLY_CAP, "", None),
        (EXTRA, '{"min_p": 0.05}', {"min_p": 0.05}),
        (EXTRA, " ", {}),
    ],
)
def test_what_is_typed_has_a_value(spec: FieldSpec, text: str, value: Any) -> None:
    assert spec.parse(text) == value
    assert spec.parse(spec.show(value)) == value


@pytest.mark.parametrize(
    ("spec", "text", "sentence"),
    [
        (NAME, " ", "A name is needed."),
        (NAME, "Offline", "offline drafter"),
        (NAME, "x" * 81, "80 characters"),
        (ADDRESS, "", "http://127.0.0.1:8080/v1"),
        (ADDRESS, "http://a b", "no spaces"),
        (TEMPERATURE, "9", "from 0 to 2"),
        (TEMPERATURE, "nan", "from 0 to 2"),
        (SEED, "-1", "whole number"),
        (SEED, "9" * 5000, "whole number"),
        (MONTHLY_CAP, "NaN", "US dollars"),
        (MONTHLY_CAP, "-1", "US dollars"),
        (MONTHLY_CAP, "1e999", "US dollars"),
        (EXTRA, "{", "Not JSON"),
        (EXTRA, "[1]", "JSON object"),
        (EXTRA, '{"a": NaN}', "a number is none"),
        (EXTRA, '{"a": ' + "9" * 5000 + "}", "a number is none"),
        (EXTRA, '{"model": "x"}', "filled in by the program"),
        (EXTRA, '{"a": ' + "[" * 9000 + "]" * 9000 + "}", "nested"),
    ],
)
def test_what_is_wrong_has_a_sentence(spec: FieldSpec, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        spec.parse(text)
    assert sentence in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_is_a_mistake_of_ours(text: str) -> None:
    for spec in (spec for _, rows in SECTIONS for row in rows for spec in row):
        sentence = ""
        try:
            spec.parse(text)
        except ValueError as error:
            sentence = str(error)
        assert not sentence or sentence.endswith(".")


def test_data_of_a_profile_is_read_and_changed_by_path() -> None:
    data = WRITING_ROOM.profile.model_dump()
    changed = with_value(data, "sampling.top_p", 0.5)
    assert value_at(changed, "sampling.top_p") == 0.5 and value_at(data, "sampling.top_p") == 0.95
    assert built(data) == WRITING_ROOM.profile
    problem = built({**data, "base_url": ""})
    assert isinstance(problem, Problem) and problem == Problem("base_url", "An address is needed.")
    assert built({**data, "base_url": "ftp://x"}).path == "base_url"
    no_file = built(Profile.model_construct(name="F", kind="gguf").model_dump())
    assert isinstance(no_file, Problem) and no_file.path == "path"


def test_models_are_found_filtered_and_sorted() -> None:
    models = catalogue().models
    words = searchable(models)

    def ids(**wanted: Any) -> list[str]:
        return [models[row].id for row in chosen_rows(models, words, ModelFilter(**wanted))]

    assert ids(text="HARBOUR 70") == ["harbour/harbour-70b"]
    assert ids(only_free=True) == ["harbour/harbour-8b:free"]
    assert ids(only_structured=True) == ["moonlit/story-large", "moonlit/story-small"]
    by_price = ids(column="output")
    assert by_price[0] == "harbour/harbour-8b:free" and by_price[-1] == "attic-70b"
    dearest = ids(column="output", falling=True)
    assert dearest[0] == "oldtown/fable-1" and dearest[-1] == "attic-70b", "what is not known stays last"
    assert ids(column="context", falling=True)[:2] == ["moonlit/story-large", "moonlit/story-small"]
    varies = (*models, ModelInfo(id="router", prompt_price=Decimal(-1), output_price=Decimal(-1)))
    rows = chosen_rows(varies, searchable(varies), ModelFilter(column="prompt"))
    assert varies[rows[-2]].id == "router"
