"""Small GGUF files for tests: headers as the specification has them, with next to no weights."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEXT, ARRAY, NUMBER, TRUTH = 8, 9, 4, 7

FACTS: Mapping[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Small Model",
    "llama.context_length": 4096,
    "llama.block_count": 30,
    "llama.embedding_length": 576,
    "llama.attention.head_count": 9,
    "llama.attention.head_count_kv": 3,
    "tokenizer.ggml.tokens": ["<s>", "a", "b"],
    "tokenizer.chat_template": "{{ messages }}",
}


def text(value: str) -> bytes:
    """A string of the format."""
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(item: Any) -> bytes:
    """A value with its type."""
    if isinstance(item, bool):
        return struct.pack("<I?", TRUTH, item)
    if isinstance(item, int):
        return struct.pack("<II", NUMBER, item)
    if isinstance(item, str):
        return struct.pack("<I", TEXT) + text(item)
    kind = TEXT if item and isinstance(item[0], str) else NUMBER
    parts = [text(part) if kind == TEXT else struct.pack("<I", part) for part in item]
    return struct.pack("<IIQ", ARRAY, kind, len(item)) + b"".join(parts)


def header(facts: Mapping[str, Any] = FACTS, *, tensors: int = 1, offset: int = 0, version: int = 3) -> bytes:
    """A header whose tensors begin at an offset of the weights."""
    parts = [b"GGUF", struct.pack("<IQQ", version, tensors, len(facts))]
    parts += [text(name) + value(item) for name, item in facts.items()]
    parts += [text(f"weight.{index}") + struct.pack("<IQQIQ", 2, 4, 4, 0, offset) for index in range(tensors)]
    return b"".join(parts)


def write_gguf(path: Path, facts: Mapping[str, Any] = FACTS, *, weights: int = 256) -> Path:
    """A file that holds its header and so many bytes of weights."""
    head = header(facts)
    path.write_bytes(head + bytes(-len(head) % 32) + bytes(weights))
    return path
