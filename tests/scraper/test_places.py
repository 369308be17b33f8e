"""No connection and no file read outside the publication, whatever names the place (a listener on loopback counts)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.settings import default_settings

from scraper import settings
from scraper.endpoints import Endpoint, Endpoints, endpoint_of, is_public
from scraper.profile import Cards, Feed, Section, Sitemap
from tests.certificates import self_signed
from tests.outing import PROFILE, Outing, article, outing, sitemap
from tests.probe import probe
from tests.rawsite import RawSite, answer
from tests.scraper.targets import RESOLVED, URLS

ROBOTS = answer(b"User-agent: *\nDisallow:\n", kind="text/plain")


@pytest.mark.parametrize("address", RESOLVED)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "quay.example", "127.0.0.1:80", "2130706433", "0x7f000001"])
def test_what_is_no_ip_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://Quay.Example/a?b=c#d", Endpoint("https", "quay.example", 443)),
        ("http://quay.example:8080", Endpoint("http", "quay.example", 8080)),
        ("http://[::1]:8000/", Endpoint("http", "::1", 8000)),
        ("http://quay.example:0/", None),
        ("http://quay.example:99999/", None),
        ("http://quay.example:/", None),
        ("http://quay.example\\@127.0.0.1/", None),
        ("http://a@quay.example/", None),
        ("http://quay.example /", None),
        ("http:///quay.example/", None),
        ("//quay.example/", None),
        ("mailto:x@quay.example", None),
    ],
)
def test_endpoints_are_read_from_plain_addresses_only(url: str, endpoint: Endpoint | None) -> None:
    assert endpoint_of(url) == endpoint


def test_scheme_host_and_port_are_the_profiles() -> None:
    profile = replace(
        PROFILE, hosts=("quay.example", "www.quay.example", "alt.example:8443"), image_hosts=("img.example",)
    )
    places = Endpoints(profile, "https://quay.example", named=False)
    for url in (
        "https://quay.example/a",
        "https://www.quay.example/",
        "https://alt.example:8443/",
        "https://img.example/x",
    ):
        assert places.refusal(url) is None
    for url in ("http://quay.example/", "https://quay.example:8443/", "https://alt.example/", "http://img.example/x"):
        assert places.refusal(url) == "it leaves the publication"
    assert not places.is_own("https://img.example/x")


def test_a_mirror_that_a_person_names_is_the_whole_site() -> None:
    places = Endpoints(PROFILE, "http://127.0.0.1:8000/mirror", named=True)
    assert places.refusal("http://127.0.0.1:8000/mirror/a") is None
    assert places.refusal("http://127.0.0.1:8000/robots.txt") is None
    for url in ("http://127.0.0.1:8000/other", "http://127.0.0.1:8001/mirror/a", "https://quay.example/a"):
        assert places.refusal(url) == "it leaves the publication"


def test_private_addresses_are_for_places_that_somebody_named() -> None:
    assert Endpoints(PROFILE, "http://mirror.example:8000", named=True).may_reach("mirror.example", "10.0.0.1")
    assert not Endpoints(PROFILE, "https://quay.example", named=False).may_reach("quay.example", "10.0.0.1")
    assert not Endpoints(PROFILE, "http://mirror.example", named=True).may_reach("other.example", "10.0.0.1")
    local = replace(PROFILE, url="http://127.0.0.1:8000", hosts=("127.0.0.1:8000",))
    assert Endpoints(local, local.url, named=False).may_reach("127.0.0.1", "127.0.0.1")


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "page.html"
    path.write_bytes(article("secret"))
    return path


def _targets(port: int, file: Path) -> list[str]:
    return [url.replace("{port}", str(port)).replace("{file}", str(file)) for url in URLS]


def test_no_target_is_asked_though_a_request_is_made_for_it(secret: Path) -> None:
    assert len(URLS) >= 60
    with (
        RawSite({}) as listener,
        RawSite({}, host="::1", port=listener.port) as six,
        RawSite({"/robots.txt": ROBOTS}) as site,
    ):
        urls = [url for url in _targets(listener.port, secret) if "://" in url]
        came = probe(urls, site.base_url)
        assert listener.connections == six.connections == 0
    assert {(it.status, it.state) for it in came} == {(None, "excluded")}
    assert {it.reason for it in came} <= {"it leaves the publication", "it is no plain web address"}


def test_own_names_that_lead_to_private_addresses_are_not_connected_to() -> None:
    names = {f"t{n}.example": address for n, address in enumerate(RESOLVED)}
    with RawSite({"/a": answer(b"x")}) as listener, RawSite({}, host="::1", port=listener.port) as six:
        hosts = tuple(f"{name}:{listener.port}" for name in names)
        profile = replace(PROFILE, url=f"http://{hosts[0]}", hosts=hosts)
        came = probe([f"http://{host}/a" for host in hosts], None, profile, names=names)
        assert listener.connections == six.connections == 0
    assert {it.reason for it in came} == {"put off: robots.txt did not answer: it leads to a private address"}


def test_a_mirror_by_name_is_connected_to_and_no_other_name_for_the_same_machine() -> None:
    names = {"mirror.example": "127.0.0.1", "img.example": "127.0.0.1"}
    with RawSite({"/robots.txt": ROBOTS, "/a": answer(b"x")}) as site:
        base = f"http://mirror.example:{site.port}"
        profile = replace(PROFILE, image_hosts=(f"http://img.example:{site.port}",))
        mirror, image = probe([f"{base}/a", f"http://img.example:{site.port}/a"], base, profile, names=names)
        assert {arrival.host for arrival in site.arrivals} == {f"mirror.example:{site.port}"}
    assert mirror.status == 200
    assert image.status is None


@pytest.fixture(scope="module")
def lured(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> tuple[Outing, RawSite, int]:
    """Crawl a site that names every target in every way that a page, a list or an answer can name an address."""
    with RawSite({"/robots.txt": ROBOTS}) as site, RawSite({}) as listener:
        targets = _targets(listener.port, secret)
        moved = {f"/moved-{n}-of-the-quay": answer(b"", "302 Found", Location=url) for n, url in enumerate(targets)}
        chain = {
            f"/chain-{n}-of-the-quay": answer(b"", "301 x", Location=f"/moved-{n}-of-the-quay")
            for n in range(len(targets))
        }
        pages = {}
        for n, url in enumerate(targets):
            shown = url.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
            head = (
                f'<link rel="canonical" href="{shown}"><meta http-equiv="refresh" content="0; url={shown}">'
                f'<meta property="og:url" content="{shown}"><link rel="next" href="{shown}"><base href="{shown}">'
            )
            body = f'<a href="{shown}">x</a><img src="{shown}"><a rel="next" href="{shown}">Next page</a>'
            pages[f"/page-{n}-of-the-quay"] = answer(article(n, body).replace(b"</head>", head.encode() + b"</head>"))
        links = "".join(f'<a class="card" href="{url}">x</a><nav><a href="{url}">x</a></nav>' for url in targets)
        site.answers |= moved | chain | pages
        site.answers["/"] = answer(f'<link rel="canonical" href="{targets[0]}">{links}'.encode())
        items = "".join(f"<item><link>{url.replace('<', '')}</link></item>" for url in targets)
        site.answers["/feed.xml"] = answer(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
        site.answers["/moved.xml"] = answer(b"", "302 x", Location=f"http://127.0.0.1:{listener.port}/sitemap.xml")
        index = "".join(f"<sitemap><loc>{url.replace('<', '')}</loc></sitemap>" for url in targets)
        site.answers["/index.xml"] = answer(
            f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{index}</sitemapindex>".encode()
        )
        site.answers["/sitemap.xml"] = sitemap(site.base_url, [*moved, *chain, *pages]).replace(
            b"</urlset>", b"</urlset>"
        )
        profile = replace(
            PROFILE,
            sources=(
                Sitemap("/sitemap.xml"),
                Sitemap("/index.xml"),
                Sitemap("/moved.xml"),
                Feed("/feed.xml"),
                Section("/"),
            ),
            cards=Cards(links=("a.card",), section_links=("nav a",)),
        )
        came = outing(tmp_path_factory.mktemp("lured") / "quay", site.base_url, profile, images="all")
        return came, site, listener.connections


def test_nothing_that_a_site_names_leads_elsewhere(lured: tuple[Outing, RawSite, int]) -> None:
    came, site, connections = lured
    assert connections == 0
    assert came.failure is None
    assert len([path for path in site.paths if path.startswith("/moved-")]) >= 2 * len(URLS)


def test_every_address_has_its_reason(lured: tuple[Outing, RawSite, int]) -> None:
    ledger = lured[0].ledger()
    redirected = [reason for path, (_, reason) in ledger.items() if path.startswith(("/moved-", "/chain-"))]
    # Some say nothing but a path once they are read as a browser reads them: that is asked for on the site itself.
    assert set(redirected) == {"redirects off the site", "HTTP 404", "not an article: home page"}
    assert redirected.count("redirects off the site") >= 2 * 55
    pages = {state for path, (state, _) in ledger.items() if path.startswith("/page-")}
    assert pages == {"stored"}


def test_no_file_is_read(lured: tuple[Outing, RawSite, int]) -> None:
    rows = lured[0].rows("SELECT headline FROM articles WHERE headline LIKE '%secret%' OR body_text LIKE '%secret%'")
    assert rows == []


def test_certificates_are_verified(tmp_path: Path) -> None:
    with RawSite({"/a": answer(b"x")}, tls=self_signed(tmp_path)) as site:
        base = f"https://localhost:{site.port}"
        (refused,) = probe([f"{base}/a"], base)
        assert site.arrivals == []
        trusting = {"SSL_CERT_FILE": str(tmp_path / "both.pem")}
        (trusted,) = probe([f"{base}/a"], base, environment=trusting)
        assert site.paths == ["/robots.txt", "/a"]
    assert refused.status is None
    assert trusted.status == 200


def test_nobody_steers_a_crawl_and_no_other_scheme_has_a_handler() -> None:
    assert not (settings.TELNETCONSOLE_ENABLED or settings.REMOTE_CONTROL_ENABLED or settings.COOKIES_ENABLED)
    assert [scheme for scheme, handler in settings.DOWNLOAD_HANDLERS.items() if handler] == ["http", "https"]
    assert settings.DOWNLOAD_HANDLERS.keys() >= default_settings.DOWNLOAD_HANDLERS_BASE.keys()


def test_no_proxy_is_asked_and_no_cookie_kept() -> None:
    with RawSite({}) as proxy, RawSite({"/robots.txt": ROBOTS, "/a": answer(b"x", Set_Cookie="a=b")}) as site:
        through = {"http_proxy": proxy.base_url, "https_proxy": proxy.base_url, "HTTP_PROXY": proxy.base_url}
        first, second = probe(
            [f"{site.base_url}/a", f"{site.base_url}/a?again"], site.base_url, environment=through, delay=0.01
        )
        assert proxy.connections == 0
        assert (first.status, second.status) == (200, 404)
        assert all("cookie" not in arrival.headers for arrival in site.arrivals)
