"""Pages that would hang or fill a reader are refused before they are read; long but harmless ones are not."""

from __future__ import annotations

import pytest

from scraper.extraction import limits
from scraper.extraction.article import extract_article
from scraper.extraction.errors import TooMuch

SENTENCE = "The harbour board will hear the pilots on Thursday before it decides about the second quay. "
TITLE = "Pilots ask the board for a second quay"


def page(extra: str = "", head: str = "") -> str:
    body = "".join(f"<p>{number}. {SENTENCE * 3}</p>" for number in range(6))
    return f"<html lang=en><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}{extra}</body></html>"


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("<div " + " ".join(f"a{n}=1" for n in range(40_000)) + ">", "too_big"),
        ("<div " + " ".join(f"a{n}" for n in range(40_000)) + ">", "too_big"),
        ("<a href=/x>an article</a>" * 60_000, "too_big"),
        ("<table>" + "<tr><td>1</td></tr>" * 400_000, "too_big"),
        ("word and another " * 200_000, "too_big"),
        ("x" * limits.MAX_PAGE, "too_big"),
        ("<div>" * (limits.MAX_DEPTH + 1) + SENTENCE, "too_deep"),
        ("<b><i>" * 20_000 + SENTENCE, "too_deep"),
    ],
    ids=["attributes", "bare attributes", "links", "table", "text", "bytes", "depth", "unclosed"],
)
@pytest.mark.parametrize("as_bytes", [False, True], ids=["text", "bytes"])
def test_more_than_a_page_can_be_is_refused(extra: str, reason: str, as_bytes: bool) -> None:
    html = page(extra)
    with pytest.raises(TooMuch) as caught:
        extract_article(html.encode() if as_bytes else html, "https://news.example/quay")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("extra", "head"),
    [
        ("<div>" * 900 + f"<p>Last: {SENTENCE * 3}</p>" + "</div>" * 900, ""),
        (f'<img src="data:image/png;base64,{"iVBORw0KGgo+/=" * 40_000}">', ""),
        (f'<div data-props="{"{&quot;a&quot;: [1, 2]} " * 30_000}"></div>', ""),
        ("", f"<script>if (a<b) {{ {'f(x, y); ' * 300_000} }}</script>"),
        ("", '<script type="application/ld+json">[' + '{"@type": "Thing"},' * 300_000 + "{}]</script>"),
    ],
    ids=["900 deep", "picture in an attribute", "data in an attribute", "long script", "long JSON-LD"],
)
def test_what_is_long_but_harmless_is_read(extra: str, head: str) -> None:
    article = extract_article(page(extra, head), "https://news.example/quay")
    assert article.headline == TITLE
    assert article.body_text.startswith("0. The harbour")
    assert ("Last: " in article.body_text) == ("Last: " in extra)
