"""The verbs that work on an archive, by name. Must not import them: each costs only when it is used."""

from __future__ import annotations

VERBS = {
    "show": "archive.verbs.show.show",
    "verify": "archive.verbs.verify.verify",
    "release": "archive.verbs.release.release",
    "takedown": "archive.verbs.takedown.takedown",
    "export": "archive.verbs.export.export",
    "publish": "archive.verbs.publish.publish",
    "serve": "archive.verbs.serve.serve",
}
