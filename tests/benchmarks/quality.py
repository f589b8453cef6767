"""Measure reading against a folder of gold: `python -m tests.benchmarks.quality GOLD_DIR [--json PATH]`.

For development only. The folder holds NAME.txt with NAME.gold.json, an own_gold.json with casts, and the
scorer score_extraction.py (offline-drafter.md section 10). Prints the metrics of every novel, their mean,
and words per CPU second.
"""

import importlib.util
import json
import sys
import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.reading.index import Index, read_index

SHOWN = (
    "char_recall@10", "char_recall@20", "alias_b3_f1", "person_name_f1", "quote_span_recall",
    "quote_span_precision", "attribution_all", "attribution_conf>=.9", "coverage_conf>=.9", "words_a_second",
)  # fmt: skip


def scorer(folder: Path) -> ModuleType:
    """The scoring module beside the gold."""
    spec = importlib.util.spec_from_file_location("score_extraction", folder / "score_extraction.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prediction(index: Index) -> dict[str, Any]:
    """An index in the scorer's format."""
    people = index.people()
    known = {person.id for person in people}
    return {
        "characters": [
            {"id": each.id, "name": each.name, "aliases": [alias.name for alias in each.aliases]}
            for each in people
        ],
        "mentions": [
            [each.start, each.end, each.character] for each in index.mentions if each.character in known
        ],
        "quotes": [
            [each.start, each.end, index.units[each.unit].speaker, index.units[each.unit].confidence]
            for each in index.segments
        ],
    }


def measure(gold: Path, score: ModuleType, casts: dict[str, Any]) -> dict[str, float]:
    """The metrics of one novel."""
    text = gold.with_name(gold.name.replace(".gold.json", ".txt")).read_bytes().decode("utf-8")
    source = SourceText(
        path=gold.name, name=gold.name, kind="text", title=gold.name, language="en", sha256="",
        size=len(text), words=len(text.split()), text=text,
    )  # fmt: skip
    began = time.process_time()
    found = prediction(read_index([source]))
    seconds = time.process_time() - began
    wanted = json.loads(gold.read_text(encoding="utf-8"))
    cast = wanted.get("characters") or casts.get(gold.name.removesuffix(".gold.json"), {}).get("characters")
    result: dict[str, float] = {"words_a_second": source.words / seconds}
    if cast:
        mapping = score.map_by_alias(found["characters"], cast)
        result |= score.characters(found["characters"], cast, text, mapping)
    if wanted["source"] == "LitBank":
        mapping, names = score.entity_map(found, wanted, wanted["annotated_end"])
        result |= names
    if wanted["quotes"]:
        result |= score.quotes(found["quotes"], wanted["quotes"], mapping, wanted["annotated_end"])
    return result


def show(name: str, result: dict[str, float]) -> None:
    """Print one line of metrics."""
    print(name, " ".join(f"{key}={result[key]:.3f}" for key in SHOWN if key in result), flush=True)


def main(arguments: list[str]) -> int:
    """Measure every novel of the folder."""
    folder = Path(arguments[0])
    own = folder / "own_gold.json"
    casts = json.loads(own.read_text(encoding="utf-8"))["novels"] if own.exists() else {}
    score = scorer(folder)
    rows = {gold.name: measure(gold, score, casts) for gold in sorted(folder.glob("*.gold.json"))}
    total: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for name, result in rows.items():
        show(name.removesuffix(".gold.json"), result)
        total.update(result)
        seen.update(dict.fromkeys(result, 1))
    mean = {key: total[key] / seen[key] for key in total}
    show("MEAN", mean)
    if "--json" in arguments:
        Path(arguments[arguments.index("--json") + 1]).write_text(json.dumps({"mean": mean, "novels": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
