"""Profiles, models and money in words. Plain functions; nothing here knows a widget."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlsplit

from ...domain.draft import OFFLINE_ENGINE
from ...domain.profile import OPENROUTER_URL, ModelInfo, ModelList, Profile, ProfileView, ServerKind, Task
from ..money import money
from ..wording import NO_BREAK, counted

MILLION = 1_000_000
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
STALE_AFTER = 7 * DAY


@dataclass(frozen=True, slots=True)
class EngineGroup:
    """One of the four ways to draft, and what it costs, lets out and takes as pairs of words."""

    key: str
    title: str
    icon: str
    facts: tuple[tuple[str, str], ...]


GROUPS: tuple[EngineGroup, ...] = (
    EngineGroup(
        "embedded",
        "Offline drafter",
        "device",
        (("Costs", "nothing"), ("Leaves this computer", "nothing"), ("Takes", "seconds")),
    ),
    EngineGroup(
        "local",
        "Local model",
        "model",
        (("Costs", "nothing"), ("Leaves your network", "nothing"), ("Takes", "minutes")),
    ),
    EngineGroup(
        "openrouter",
        "OpenRouter",
        "cloud",
        (("Costs", "cents a card, or free"), ("Leaves this computer", "passages"), ("Takes", "a minute")),
    ),
    EngineGroup(
        "other",
        "Other server",
        "web",
        (("Costs", "what it charges"), ("Leaves this computer", "passages"), ("Takes", "as it can")),
    ),
)


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of server: its name, where it usually is, and what its address field shows."""

    name: str
    address: str
    icon: str
    needs_key: bool = False


KINDS: dict[ServerKind, KindWords] = {
    "openrouter": KindWords("OpenRouter", OPENROUTER_URL, "cloud", needs_key=True),
    "openai": KindWords("OpenAI-compatible server", "", "web"),
    "ollama": KindWords("Ollama", "http://127.0.0.1:11434/v1", "model"),
    "lmstudio": KindWords("LM Studio", "http://127.0.0.1:1234/v1", "model"),
    "koboldcpp": KindWords("KoboldCpp", "http://127.0.0.1:5001/v1", "model"),
    "llamacpp": KindWords("llama-server", "http://127.0.0.1:8080/v1", "model"),
    "vllm": KindWords("vLLM", "http://127.0.0.1:8000/v1", "model"),
    "textgen": KindWords("text-generation-webui", "http://127.0.0.1:5000/v1", "model"),
    "gguf": KindWords("Model file (GGUF)", "", "model"),
}
KINDS_OF_GROUP: dict[str, tuple[ServerKind, ...]] = {
    "local": ("ollama", "lmstudio", "koboldcpp", "llamacpp", "textgen", "vllm", "gguf"),
    "openrouter": ("openrouter",),
    "other": ("openai",),
}
TASK_WORDS: dict[Task, tuple[str, str]] = {
    "analysis": ("Analysis", "Finds the facts in the source; a small, exact model does well."),
    "prose": ("Prose", "Description, personality, scenario."),
    "dialogue": ("Dialogue", "First message, greetings, example dialogue."),
    "lorebook": ("Lorebook", "Many short entries; a cheap model saves most here."),
}


def group_of(profile: Profile) -> str:
    """The key of the group a profile belongs to."""
    if profile.kind == "openrouter":
        return "openrouter"
    return "local" if profile.is_local else "other"


def host_of(profile: Profile) -> str:
    """Where a profile's model is, short: a host with its port, or the name of a file."""
    if profile.kind == "gguf":
        return profile.path.replace("\\", "/").rpartition("/")[2]
    parts = urlsplit(profile.base_url)
    return parts.netloc.rpartition("@")[2]


def place_words(profile: Profile) -> str:
    """The second line of a profile: its model and where it is."""
    model = profile.model or ("" if profile.kind == "gguf" else "no model chosen")
    return " · ".join(part for part in (model, host_of(profile)) if part)


def key_words(view: ProfileView) -> str:
    """Where a key is, in words; "" for local engines that have none."""
    hint = f" ending {view.key_hint}" if view.key_hint else ""
    match view.key_place:
        case "keyring":
            return f"Key{hint} is in the keyring"
        case "environment":
            return f"Key{hint}, from {view.key_name or 'the environment'}"
        case "memory":
            return f"Key{hint} for this run only"
        case _:
            return "" if view.profile.is_local else "No key"


def is_ready(view: ProfileView) -> bool:
    """Whether nothing is obviously missing: a model, and a key where one is always needed."""
    profile = view.profile
    has_model = bool(profile.model) or profile.kind == "gguf"
    return has_model and (view.key_place != "none" or not KINDS[profile.kind].needs_key)


def missing_words(view: ProfileView) -> str:
    """What keeps a profile from drafting, "" when nothing does."""
    if KINDS[view.profile.kind].needs_key and view.key_place == "none":
        return "A key is missing"
    return "" if is_ready(view) else "No model is chosen"


def spent_words(view: ProfileView) -> str:
    """What a profile has cost this month, of how much it may cost."""
    spent, cap = view.spent_month, view.profile.monthly_cap
    if view.profile.is_local and not spent:
        return "Costs nothing"
    if spent is None:
        return f"No cost known, cap {cap_words(cap)}" if cap is not None else "No cost known"
    told = money(spent)
    told = f"{told[:1].upper()}{told[1:]}"
    if cap is not None:
        return f"{told} of {cap_words(cap)} this month"
    return f"{told} this month"


def cap_words(amount: Decimal) -> str:
    """A limit as it was typed: "$5", "$0.50"."""
    if amount == amount.to_integral_value():
        return f"${amount.to_integral_value():,}"
    return f"${amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def price_words(price: Decimal | None) -> str:
    """A price per token as dollars for a million of them: "$3", "$0.15", "free", "–" when not known."""
    if price is None:
        return "–"
    if price == 0:
        return "free"
    if price < 0:
        return "varies"
    many = price * MILLION
    if many < Decimal("0.01"):
        return f"${many.quantize(Decimal('0.0001'), ROUND_HALF_UP)}"
    shown = f"{many.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"${shown.removesuffix('.00')}"


def context_words(tokens: int | None) -> str:
    """How many tokens a model takes: "128k", "1M", "512"; "–" when not known."""
    if tokens is None:
        return "–"
    if tokens >= MILLION:
        return f"{tokens / MILLION:.1f}".removesuffix(".0") + "M"
    if tokens < 1000:
        return str(tokens)
    return f"{tokens // 1024}k" if tokens % 1024 == 0 else f"{tokens // 1000}k"


def structured_words(model: ModelInfo) -> str:
    """Whether a model's answers can be held to a form."""
    words = {"schema": "schema", "object": "JSON", "none": "no"}
    return words.get(model.structured, "–")


def model_name(model: ModelInfo) -> str:
    """What a model is called."""
    return model.name or model.id


def age_words(seconds: float) -> str:
    """How long ago: "just now", "3 minutes ago", "3 hours ago", "2 days ago"."""
    if seconds < 2 * MINUTE:
        return "just now"
    for size, one in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= size:
            return f"{counted(int(seconds // size), one)} ago"
    return "just now"


def list_words(models: ModelList, now: float) -> str:
    """What a list of models is, and how old: "312 models · from 3 hours ago"."""
    told = counted(len(models.models), "model")
    if models.at <= 0:
        return told
    age = age_words(max(0.0, now - models.at))
    return f"{told} · {age if age == 'just now' else f'from {age}'}"


def is_old(models: ModelList, now: float) -> bool:
    """Whether a list is worth a word of doubt."""
    return models.is_stale or (models.at > 0 and now - models.at > STALE_AFTER)


def engine_words(engine: str, views: dict[str, ProfileView]) -> str:
    """What drafts by default, with its model."""
    if engine == OFFLINE_ENGINE or engine not in views:
        return GROUPS[0].title
    profile = views[engine].profile
    return f"{profile.name} · {profile.model}" if profile.model else profile.name


def unique_name(wanted: str, taken: set[str]) -> str:
    """A name that no profile has: the wanted one, or with a number."""
    folded = {name.casefold() for name in taken}
    number, name = 1, wanted
    while name.casefold() in folded:
        number += 1
        name = f"{wanted} {number}"
    return name


def tokens_words(number: int) -> str:
    """A number of tokens: "880 tokens"."""
    return f"{number:,}{NO_BREAK}token{'s' * (number != 1)}"


def model_words(model: ModelInfo) -> str:
    """What is known of a model in one line: context, prices, structured answers, its end."""
    parts = []
    if model.context is not None:
        parts.append(f"{context_words(model.context)} context")
    if model.is_free:
        parts.append("free")
    elif model.prompt_price is not None or model.output_price is not None:
        prices = f"{price_words(model.prompt_price)} in, {price_words(model.output_price)} out"
        parts.append(f"{prices} per million tokens")
    if model.structured in ("schema", "object"):
        parts.append("answers follow a schema" if model.structured == "schema" else "answers in JSON")
    if model.expires:
        parts.append(f"offered until {model.expires}")
    return " · ".join(parts)
