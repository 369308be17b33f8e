"""The verbs that work on an archive, by name. Must not import them: each costs only when it is used."""

from __future__ import annotations

VERBS = {
    "search": "archive.verbs.search.search",
    "show": "archive.verbs.show.show",
    "coverage": "archive.verbs.coverage.coverage",
    "status": "archive.verbs.status.status",
    "alert": "archive.verbs.alert.alert",
    "verify": "archive.verbs.verify.verify",
    "release": "archive.verbs.release.release",
    "takedown": "archive.verbs.takedown.takedown",
    "backup": "archive.verbs.backup.backup",
    "export": "archive.verbs.export.export",
    "publish": "archive.verbs.publish.publish",
    "serve": "archive.verbs.serve.serve",
}
