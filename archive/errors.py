"""The archive's errors, drawn as a tree; each is named for what the reader does next.

ArchiveError            one sentence that says what to do
├── UsageError          the command names something that is not there: type it differently
├── ArchiveBusy         another run holds the archive: wait
├── NewerSchema         the database is newer than this program: upgrade
├── DamagedArchive      the database cannot be read: put back a backup
├── DamagedRecord       a WARC record is cut or does not match its digest: put back a backup
├── DiskFull            the disk, a quota or a limit lets a file grow no more: free space and run again
├── Unwritable          the file system is read-only or forbids it: mend that and run again
├── Replaced            the database was removed or replaced while in use: put it back or rebuild
└── Unreachable         the site did not answer: try again later

Must not hold anything but errors.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Something is wrong; the message is one sentence that says what to do next."""

    exit_status = 1


class UsageError(ArchiveError):
    """The command names something that is not there."""

    exit_status = 2


class ArchiveBusy(ArchiveError):
    """Another run holds this archive (EX_TEMPFAIL of sysexits.h)."""

    exit_status = 75


class NewerSchema(ArchiveError):
    """The database was written by a newer release."""


class DamagedArchive(ArchiveError):
    """The database file cannot be read."""


class DamagedRecord(ArchiveError):
    """A WARC record is cut, or its bytes do not match its digest."""


class DiskFull(ArchiveError):
    """The disk, a quota or a file size limit lets a file grow no more."""


class Unwritable(ArchiveError):
    """The file system is read-only, or its permissions forbid writing."""


class Replaced(ArchiveError):
    """The database is not the file any more that was opened."""


class Unreachable(ArchiveError):
    """The site did not answer at all."""


class TooLarge(ArchiveError):
    """A body is larger than it may be once decoded."""


class CutShort(ArchiveError):
    """A body ends before its end."""
