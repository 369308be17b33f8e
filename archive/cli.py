"""The verbs that work on an archive, by name. Must not import them: each costs only when it is used."""

from __future__ import annotations

VERBS = {
    "takedown": "archive.verbs.takedown.takedown",
    "export": "archive.verbs.export.export",
    "serve": "archive.verbs.serve.serve",
}
