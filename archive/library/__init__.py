"""A library: several archives served side by side, with one front page and one search over all of them.

Must not change how one archive is shown: that is `archive.site`, which is mounted here once for each.
"""
