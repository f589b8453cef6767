"""Text that tells a model what to do, or that would make a program fetch something: found, never removed."""

import re
from collections.abc import Iterable, Iterator

Found = tuple[int, str]
"""Where something begins in a text, and the text itself."""

_ORDERS = (
    r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|skip|drop|cancel|discard)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|existing|former|original|before)\b[^.\n]{0,40}\b(?:instruction|prompt|rule|guideline|direction|order|command|polic|restriction|context|said|told|text|everything)\w*",
    r"\b(?:ignor\w*|disregard\w*|overrid\w*|bypass\w*|forget|disable|turn off)\b[^.\n]{0,40}\b(?:instruction|prompt|guideline|safeguard|filter|restriction|safety|everything (?:above|before)|all of the above)\w*",
    r"\b(?:system|developer|hidden|initial|secret)\s+(?:prompt|message|instruction)s?\b",
    r"\b(?:reveal|print|repeat|output|show|leak|display|send|quote|dump)\b[^.\n]{0,40}\b(?:prompt|instruction|system message|rules|api[ _-]?key|password|token|secret|credential)s?\b",
    r"\byou are (?:now|no longer|an? (?:ai|assistant|language model|chatbot|large language))\b",
    r"\b(?:as|being) an? (?:ai|language model|assistant|chatbot|llm)\b",
    r"\b(?:act|behave|respond|reply|answer|pretend)\b[^.\n]{0,20}\bas (?:if|though|an?|the) [^.\n]{0,30}\b(?:ai|assistant|admin\w*|developer|root|system|dan|unrestricted|jailbr\w*|terminal|shell)\b",
    r"\b(?:do anything now|jailbr(?:eak|oken)\w*|developer mode|god mode|debug mode|sudo)\b",
    r"\b(?:visit|open|click|browse to|navigate to|go to|load|fetch|download|curl|wget|ping|post to)\b[^.\n]{0,30}\b(?:link|url|site|website|page|address|attachment|file|image|script|https?|www)\b",
    r"\bclick here\b",
    r"\b(?:run|execute|eval|exec|invoke|call|install|launch)\b[^.\n]{0,30}\b(?:command|code|script|shell|function|tool|program|binary|python|javascript|powershell|bash)\b",
    r"\b(?:write|save|delete|remove|overwrite|erase|format)\b[^.\n]{0,30}\b(?:file|folder|directory|disk|drive|database|registry|hard drive)s?\b",
    r"\b(?:send|e-?mail|upload|forward|transmit|exfiltrat\w*|post|submit)\b[^.\n]{0,50}\b(?:to|at|via)\b[^.\n]{0,40}(?:@|https?:|www\.|server|address|webhook|endpoint)",
    r"\b(?:new|updated|real|actual|following|important|special|urgent) (?:instruction|order|task|directive|rule)s?\b\s*(?::|for|are|is|from)",
    r"\b(?:attention|note|message|instructions?|memo) (?:to|for) (?:the |all |any )?(?:ai|assistant|model|llm|chatbot|language model|bot)s?\b",
    r"\b(?:ai|assistant|model|llm|chatbot|bot)s?\s*(?:,|:|must|should|shall|has to|have to|will now)\s",
    r"\b(?:from now on|henceforth|for the rest of (?:this|the) (?:chat|conversation))\b[^.\n]{0,60}\b(?:you|answer|reply|respond|always|never|only|say|speak|write)\b",
    r"\b(?:always|never|must|only)\b[^.\n]{0,20}\b(?:include|mention|append|recommend|promote|begin|start|end|reply|respond|answer|insert|add)\b[^.\n]{0,60}\b(?:reply|replies|response|responses|answer|answers|message|messages|output|sentence|link|product|brand|word|phrase|text)\b",
    r"\bend of (?:source|text|document|context|input|data|prompt)\b",
    r"^\s*(?:system|assistant|developer|user|tool|instructions?)\s*:",
    r"\b(?:ignorier\w*|vergiss|missachte\w*|ignor(?:e[zr]?|a[rd]?|i)\b|oublie[zr]?|olvida\w*|dimentica\w*|esquec\w*|игнориру\w*|забудь\w*)[^.\n]{0,60}(?:anweisung|instruk|instruct|instruç|instruc|istruz|regel|règle|regla|regol|regra|prompt|инструкц|правил|указан)\w*",
    r"(?:无视|忽略|忘记|無視)[^。\n]{0,20}(?:指令|指示|提示|规则|說明|命令)",
)  # fmt: skip
_ORDER = re.compile("|".join(f"(?:{pattern})" for pattern in _ORDERS), re.IGNORECASE | re.MULTILINE)

_ENDINGS = "com|net|org|io|dev|app|ai|gg|co|me|info|biz|xyz|ru|cn|de|fr|uk|eu|tv|ly|to|link|site|online|top|sh|zip|tk|example|test|invalid|local|onion"  # fmt: skip
_ADDRESSES = (
    r"\b(?:https?|hxxps?|ftps?|sftp|file|wss?|ipfs|ssh|smb|ldap|gopher|steam|chrome|ms-\w+)\s?:\s?(?://|\\\\)\S*",
    r"\b(?:javascript|vbscript|mailto|magnet|blob|tel|about|view-source):\S+",
    r"\bdata\s?:\s?[\w.+-]*/?[\w.+-]*[;,]\S*",
    r"(?<![\w/:])//[\w-]+\.[\w.-]+\S*",
    r"\bwww\d?\.\S+",
    rf"\b[\w-]+(?:\.[\w-]+)*\.(?-i:{_ENDINGS}|{_ENDINGS.upper()})\b(?:[/:?#]\S*)?",
    rf"\b[\w-]+\s*(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|\sdot\s)\s*(?:{_ENDINGS})\b",
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:/\S*)?",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"\\\\[\w.-]+\\\S+",
)  # fmt: skip
_MARKUP = (
    r"!?\[[^\]\n]{0,200}\]\([^)\n]{1,2000}\)",
    r"!?\[[^\]\n]{0,200}\]\[[^\]\n]{0,200}\]",
    r"^\s*\[[^\]\n]{1,100}\]:\s*\S+",
    r"</?(?:img|script|iframe|frame|link|style|object|embed|svg|video|audio|source|track|form|input|button|a|base|meta|body|html|head|picture|portal|applet|math|template|image|marquee|details|div|span|table|td|tr|p|br|font|center|h[1-6])\b[^>]{0,2000}>?",
    r"\burl\s*\(\s*[^)\s]",
    r"@import\b",
    r"\bon(?:error|load|click|mouseover|focus|toggle|begin|animationstart)\s*=",
    r"\bsrc(?:set|doc)?\s*=\s*[\"']?\S",
    r"\bhref\s*=\s*[\"']?\S",
)  # fmt: skip
_ADDRESS = re.compile("|".join((*_ADDRESSES, *_MARKUP)), re.IGNORECASE | re.MULTILINE)
_WORDS = re.compile(r"[^\W_]+")
_STOP = frozenset("a an and are as at be but by for from has have her his i in is it its of on or she he that the their they this to was were will with you your".split())  # fmt: skip
_SENTENCE = re.compile(r"[^.!?…。！？\n]+[.!?…。！？]*")
LEAST_WORDS = 3
SHARE = 0.6


def orders_in(text: str) -> Iterator[Found]:
    """Stretches of a text that speak to a model rather than tell of a character."""
    for found in _ORDER.finditer(text):
        yield found.start(), found[0]


def addresses_in(text: str) -> Iterator[Found]:
    """Links, addresses and markup that a program might follow."""
    for found in _ADDRESS.finditer(text):
        yield found.start(), found[0]


def gives_orders(text: str) -> bool:
    """Whether a text holds an order to a model, or an address."""
    return _ORDER.search(text) is not None or _ADDRESS.search(text) is not None


def sentences_in(text: str) -> Iterator[Found]:
    """Rough sentences of any language, with where they begin."""
    for found in _SENTENCE.finditer(text):
        if found[0].strip():
            yield found.start() + len(found[0]) - len(found[0].lstrip()), found[0].strip()


def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, in lower case."""
    return frozenset(word for word in _WORDS.findall(text.lower()) if word not in _STOP and len(word) > 1)


def orders_of_source(texts: Iterable[str]) -> tuple[frozenset[str], ...]:
    """The words of every sentence of a source that gives orders to a model."""
    return tuple(
        words
        for text in texts
        if gives_orders(text)
        for _, sentence in sentences_in(text)
        if gives_orders(sentence) and len(words := content_words(sentence)) >= LEAST_WORDS
    )


def taken_from(sentence: str, orders: Iterable[frozenset[str]]) -> bool:
    """Whether a sentence says again most of what one of the orders says."""
    words = content_words(sentence)
    return any(len(words & order) >= SHARE * len(order) for order in orders)
