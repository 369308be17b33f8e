"""A night as a GitHub Actions workflow. Must not write it.

A runner begins empty: the archive comes from the cache, or from the last night's backup when the cache has lost it
(after seven days unused, or above 10 GB), and goes back into both, also when a person should look.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from archive.errors import UsageError
from scraper.scheduling.schedule import Planned, Schedule

_PLAIN = re.compile(r"\w[\w./ -]*")
_EXPRESSION = "${{"
FOLDER = Path(".github/workflows")
_WORKFLOW = """{mark}
name: Nights of {publication}
on:
  schedule:
    - cron: "{at.minute} {at.hour} * * *" # UTC
  workflow_dispatch:
permissions:
  contents: read
  actions: read # finds the last night's backup
concurrency:
  group: {name}
  cancel-in-progress: false
jobs:
  night:
    runs-on: ubuntu-24.04
    timeout-minutes: 350
    steps:
      - uses: actions/checkout@v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5.3.0
        with:
          python-version: "3.12"
      - name: Install
        run: |
          python -m pip install {package}
      - name: Bring the archive back
        id: cache
        uses: actions/cache/restore@v4.2.0
        with:
          path: {root}
          key: {name}-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
          restore-keys: {name}-
      - name: Bring it back from the last backup
        if: steps.cache.outputs.cache-matched-key == ''
        env:
          GH_TOKEN: ${{{{ github.token }}}}
        run: |
          run=$(gh api "repos/$GITHUB_REPOSITORY/actions/artifacts?name={name}&per_page=1" \\
            --jq '.artifacts[] | select(.expired | not) | .workflow_run.id')
          if [ -n "$run" ]; then
            gh run download "$run" --repo "$GITHUB_REPOSITORY" --name {name} --dir restored
            mkdir -p {above}
            tar -xf restored/backup.tar -C {above}
          fi
      - name: Crawl, verify, publish
        run: |
          {night}
      - name: Back up
        id: backup
        if: always() && hashFiles('{root}/archive.db') != ''
        run: |
          press-archive backup backup.tar --root {quoted_root}
      - name: Keep the archive
        if: always() && steps.backup.outcome == 'success'
        uses: actions/cache/save@v4.2.0
        with:
          path: {root}
          key: {name}-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
      - name: Keep the backup
        if: always() && steps.backup.outcome == 'success'
        uses: actions/upload-artifact@v4.6.0
        with:
          name: {name}
          path: backup.tar
          compression-level: 0
          retention-days: 90
      - name: Keep what is published
        uses: actions/upload-artifact@v4.6.0
        with:
          name: {name}-public
          path: {publish}
          include-hidden-files: true
          if-no-files-found: error
"""


def workflow(schedule: Schedule, package: str) -> Planned:
    """Return the workflow; `package` is what pip installs. Raises UsageError for what a runner has no place for."""
    for path in (schedule.root, schedule.publish):
        if path.is_absolute() or ".." in path.parts or not _PLAIN.fullmatch(str(path)):
            raise UsageError(f"{path} is no plain folder below the checkout: on a runner, name one like archives/NAME")
    waiting = ("--jitter", str(schedule.jitter)) if schedule.jitter else ()
    night = shlex.join(schedule.night("--alert", *waiting))
    if _EXPRESSION in night + package:
        raise UsageError(f"GitHub would evaluate {_EXPRESSION}: leave it out of names and options")
    text = _WORKFLOW.format(
        mark=schedule.mark,
        publication=schedule.publication,
        name=schedule.name,
        at=schedule.at,
        package=shlex.quote(package),
        root=schedule.root,
        publish=schedule.publish,
        night=night,
        quoted_root=shlex.quote(str(schedule.root)),
        above=shlex.quote(str(schedule.root.parent)),
    )
    return Planned(FOLDER / f"{schedule.name}.yml", text)
