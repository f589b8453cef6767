"""What a file is by its first bytes: whether it can be an avatar, and how a file of it is called."""

_AVATARS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_SIGNS = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"OggS", "ogg"), (b"ID3", "mp3"))


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a picture an avatar can be: PNG, JPEG or WebP."""
    return data.startswith(_AVATARS) or _is_webp(data)


def extension_by_content(head: bytes) -> str:
    """The end of a file name that fits a content's first bytes; empty where that is not known."""
    if _is_webp(head):
        return "webp"
    return next((extension for sign, extension in _SIGNS if head.startswith(sign)), "")


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
