"""Tests that run as root: a process that gives up root's right to write what its modes forbid."""

import ctypes
import os
import sys

_VERSION = 0x20080522  # capability sets of two 32-bit words (capset(2))
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2


def give_up_rights_of_root() -> None:
    """From now on the modes of files count for this process; it stays the owner of what root owns."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    words = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    for call in (library.capget, library.capset):
        if call(header, words):
            raise OSError(ctypes.get_errno(), "capabilities")
        words[0] &= ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
