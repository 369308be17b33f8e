"""Scrapy's settings: only lines we mean, each with its reason. Must not hold facts of any one publication."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

VERSION = version("press-archive")

BOT_NAME = "press-archive"
SPIDER_MODULES = ["scraper.spiders"]
USER_AGENT = f"press-archive/{VERSION}"

# robots.txt is read by our own middleware, before anything else of its host and with RFC 9309's answers to errors.
ROBOTSTXT_OBEY = False
# Redirects are followed by the spider, which keeps the chain and checks each target against the publication.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
# The WARC is the cache: a cached page would raise no fetch.
HTTPCACHE_ENABLED = False
# Archives are the same for every visitor; the first cookie would also make tldextract look for a suffix list.
COOKIES_ENABLED = False
REFERER_ENABLED = False
# Nobody may steer a crawl from outside, and a page may not name a local file.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# One way out, for two schemes: it keeps to the publication's places, its pace and its closed doors.
DOWNLOAD_HANDLERS: dict[str, Any] = {
    "http": "scraper.handlers.web.WebHandler",
    "https": "scraper.handlers.web.WebHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
# A proxy from the environment would open the connections, to places that nobody checked.
HTTPPROXY_ENABLED = False
# Off by default: anybody between us and the site could give us other pages.
DOWNLOAD_VERIFY_CERTIFICATES = True
# The default knows no IPv6.
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"

# For the whole answer; one that drips in slowly ends there, too.
DOWNLOAD_TIMEOUT = 60
# A page too big to read still belongs in the WARC; only beyond this it does not.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
# Decoded, an answer may be this large; a bomb ends there.
MAX_CONTENT = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
# The politeness middleware asks again, in the site's own time.
RETRY_ENABLED = False
# The pace is kept where requests leave, measured as the site sees it; here a second delay would only add to it.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0.0
SCHEDULER = "scraper.scheduler.PatientScheduler"
# The spider yields no items but files outcomes itself, in order; the default of 100 starts that many tasks a response.
CONCURRENT_ITEMS = 1
# It would look through the callback's source at every answer.
WARN_ON_GENERATOR_RETURN_VALUE = False

# Scrapy imports every component that it lists itself, also one that is switched off: a web framework and a list of
# public suffixes among them, which takes as long as two hundred pages. So its lists are given whole, not amended.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logstats.LogStats": 0,
}
# Each would wrap whatever a callback yields in two generators more. Every status is the spider's to judge, depth means
# nothing where only sources are followed, and an address that is too long must not vanish but fail with its reason.
SPIDER_MIDDLEWARES_BASE: dict[str, Any] = {}
# The guard knows the publication's places, the run counts what was fetched, and the snapshot middleware undoes content
# codings, within bounds and as a rebuild undoes them.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
}
DOWNLOADER_MIDDLEWARES = {
    "scraper.middlewares.guard.GuardMiddleware": 50,
    "scraper.middlewares.politeness.PolitenessMiddleware": 550,
    # Nearest to the wire: it sees every attempt, and bodies before they are decoded.
    "scraper.middlewares.snapshot.SnapshotMiddleware": 950,
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en",
}
LOG_LEVEL = "WARNING"
LOG_FORMAT = "%(levelname)s: %(message)s"
