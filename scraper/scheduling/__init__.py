"""Schedules: the night's chain handed to systemd, cron or GitHub Actions. All three run `press-archive night`."""
