"""Tests of scraper.scheduling."""
