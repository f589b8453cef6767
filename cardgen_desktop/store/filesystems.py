"""What kind of place a data folder is in: a local disk, a network share, or a folder another program syncs.

A write-ahead log needs memory that every reader shares, which network shares do not give (SQLite,
"Write-Ahead Logging"); a sync program copies a database while it is written and leaves "conflicted copies"
(ux-and-reliability.md 3.5). Blocking, and quick.
"""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

PlaceKind = Literal["local", "network", "sync"]

_MOUNTS = Path("/proc/self/mounts")
_MOUNTS_BYTES = 1024 * 1024
_NETWORK_TYPES = re.compile(
    r"(nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|9p|davfs|webdav|ceph|glusterfs|lustre|beegfs|afpfs"
    r"|fuse\.(sshfs|rclone|s3fs|gvfsd-fuse|davfs2?|glusterfs|cifs|smbnetfs|curlftpfs|gcsfuse))$"
)
_SYNC_FOLDERS = (
    (re.compile(r"dropbox( \(.+\))?$"), "Dropbox"),
    (re.compile(r"onedrive( ?[-–] ?.+)?$"), "OneDrive"),
    (re.compile(r"(mobile documents|com~apple~clouddocs|iclouddrive|icloud drive)$"), "iCloud Drive"),
    (re.compile(r"(google ?drive|googledrive-.+|my drive|drivefs)$"), "Google Drive"),
    (re.compile(r"nextcloud$"), "Nextcloud"),
    (re.compile(r"syncthing$"), "Syncthing"),
)
_REMOTE_DRIVE = 4
"""What Windows' GetDriveType returns for a share."""


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """Where a folder is. `name` is the file system ("nfs4") or the program that syncs it ("Dropbox")."""

    kind: PlaceKind = "local"
    name: str = ""

    @property
    def warning(self) -> str:
        """What the person should know about it; "" for a local disk."""
        if self.kind == "network":
            return (
                f"Your data is on a network share ({self.name}). It is slower there, and one computer may "
                "use it at a time. Move it to a local disk with --home."
            )
        if self.kind == "sync":
            return (
                f"Your data is in a folder that {self.name} syncs. Two computers that use it at once leave "
                "conflicted copies. Move it elsewhere with --home."
            )
        return ""


def place_of(folder: Path, mounts: Path = _MOUNTS) -> FolderPlace:
    """The kind of place of a folder; local when the system does not say. `mounts` is for tests."""
    resolved = Path(os.path.realpath(folder))
    if name := _network_type(resolved, mounts):
        return FolderPlace("network", name)
    if name := _syncing_program(resolved) or _syncing_program(folder):
        return FolderPlace("sync", name)
    return FolderPlace()


def _syncing_program(folder: PurePath) -> str:
    for part in folder.parts:
        for pattern, name in _SYNC_FOLDERS:
            if pattern.match(part.casefold()):
                return name
    return ""


def _network_type(folder: Path, mounts: Path) -> str:
    if sys.platform == "win32":
        return _windows_share(folder)
    best, kind = "", ""
    for point, name in _mounted(mounts):
        if len(point) >= len(best) and _is_below(str(folder), point):
            best, kind = point, name
    return kind if _NETWORK_TYPES.match(kind) else ""


def _is_below(path: str, point: str) -> bool:
    return path == point or path.startswith(point if point.endswith("/") else f"{point}/")


def _mounted(mounts: Path) -> list[tuple[str, str]]:
    """Mount points and file-system types; spaces in names are written as \\040."""
    try:
        with mounts.open("rb") as stream:
            text = stream.read(_MOUNTS_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    rows = [line.split(" ") for line in text.splitlines()]
    return [(_unescaped(row[1]), row[2]) for row in rows if len(row) >= 3]


def _unescaped(name: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), name)


def _windows_share(folder: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    drive = folder.drive
    if drive.startswith("\\\\"):
        return "Windows share"
    is_remote = ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE
    return "Windows share" if is_remote else ""
