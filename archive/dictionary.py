"""What every table, view and column means, in one line each. Must not hold anything that runs.

`TABLES` covers the tables and views of `archive.schema`; a test proves that none is missing and none is stale.
"""

from __future__ import annotations

from collections.abc import Mapping

from archive.descriptions import ARTICLE, ARTICLE_ID, ID, RUN, Description, article, joined, named, some
from archive.dictionary_views import VIEWS

TABLES: Mapping[str, Description] = {
    "article_list": Description(
        "One row an article, with its authors and labels joined: the table to read, filter and export.",
        "reading",
        article("id slug url headline dek type section")
        | {
            "sections": "All labels of the article in printed order, types included, joined by commas.",
            "authors": "The persons the byline names, in printed order, joined by commas.",
        }
        | article("byline published_at published_offset modified_at year language word_count")
        | {"series": "The series that the article belongs to."}
        | article("series_part status revision_count first_seen_at last_seen_at last_changed_at snapshot_id")
        | article("layout extractor body_text"),
    ),
    "outlets_cited": Description(
        "Sites that articles link to in their bodies, with how often and since when.",
        "reading",
        {
            "outlet": "The site's name, or its host when the name is not known.",
            "host": "The site's host without www.",
            "links": "Links to it from article bodies.",
            "articles": "Articles with at least one such link.",
            "first_cited_at": "When the earliest of these articles was published.",
            "last_cited_at": "When the latest of these articles was published.",
        },
    ),
    "photo_credits": Description(
        "Photographers, agencies and licences credited for images, with how often and since when.",
        "reading",
        {
            "kind": "photographer, agency or licence.",
            "name": "The name as read from the credit line.",
            "images": "Places where an image carries the credit.",
            "articles": "Articles with at least one such image.",
            "first_credited_at": "When the earliest of these articles was published.",
            "last_credited_at": "When the latest of these articles was published.",
        },
    ),
    "coverage_by_month": Description(
        "What the publication announced each month and what became of it: how complete the archive is.",
        "reading",
        {
            "month": "YYYY-MM: of publication, else of the source's lastmod, else of the first announcement.",
            "announced": "Addresses that some source named.",
            "stored": "Addresses whose article is held.",
            "pending": "Addresses not asked for yet.",
            "excluded": "Addresses that are no article, with the reason in the ledger.",
            "failed": "Addresses that could not be fetched or read yet.",
            "gone": "Addresses that answer 404 or 410 for good.",
            "by_publication": "Of them, those whose month is that of the article's publication.",
            "by_lastmod": "Of them, those whose month is that of the lastmod that a source gave.",
            "by_announcement": "Of them, those whose month is that of the first announcement: nothing else is known.",
        },
    ),
    "coverage_by_source": Description(
        "What each source announced and what became of it. Sources overlap: an address counts in each that names it.",
        "reading",
        {
            "source": "The section page, sitemap or feed, by its path; import is what other tools captured.",
            "announced": "Addresses that it named.",
            "stored": "Of them, those whose article is held.",
            "pending": "Of them, those not asked for yet.",
            "excluded": "Of them, those that are no article, with the reason in the ledger.",
            "failed": "Of them, those that could not be fetched or read yet.",
            "gone": "Of them, those that answer 404 or 410 for good.",
            "only_here": "Of them, those that no other source named.",
        },
    ),
    "edits": Description(
        "Changes of articles after their first text: one row a revision from number 2 on.",
        "reading",
        {
            "seen_at": "When the changed text was first seen here.",
            "headline": "The article's present headline.",
            "slug": ARTICLE["slug"],
            "number": "The revision's number; the first text is 1.",
            "kind": "typo, headline, dek, byline, credit, section, correction, addition, cut or substantive.",
            "silent": "1 when the body changed and no notice says so.",
            "changed_fields": "JSON list of the fields whose words differ from the revision before.",
            "article_id": ARTICLE_ID,
            "snapshot_id": "The fetch that showed it, in snapshots.",
        },
    ),
    "run_history": Description(
        "One row a run of the crawler: what it found and how it ended.",
        "reading",
        some(
            RUN,
            "id started_at mode ended_why exit_status announced fetched new changed unchanged excluded failed seconds"
            " remarks",
        ),
    ),
    **VIEWS,
    "articles": Description(
        "One row an article in its present text, with where and when it was read.",
        "parts",
        article("id url slug headline dek")
        | {"kicker": "The label printed above the headline, where the publication has one."}
        | article("type section byline")
        | {"authors": "JSON list of the persons that the byline names, in printed order."}
        | article("published_at published_offset modified_at language word_count")
        | {"lead_image_id": "The lead image, in images.", "series_id": "The series, in series."}
        | article(
            "series_part status first_seen_at last_seen_at last_changed_at revision_count snapshot_id layout extractor"
        )
        | {"evidence": "JSON object: for each field, where on the page its value was read."}
        | article("year body_text")
        | {
            "body_html": "The same as body_text, as clean HTML with links and headings.",
            "record": "Hash of all that was read of the page: what is the same is not written again.",
        },
    ),
    "authors": Description("Persons that bylines name.", "names", named("name")),
    "sections": Description("Labels that articles carry: sections and types.", "names", named("label")),
    "tags": Description("Tags that articles carry.", "names", named("tag")),
    "series": Description("Series that articles belong to.", "names", named("series' name")),
    "outlets": Description(
        "Sites that articles cite.",
        "names",
        {"id": ID, "name": "The site's name, or its host.", "host": "The site's host without www."},
    ),
    "article_authors": Description("Who wrote which article.", "parts", joined("author")),
    "article_sections": Description("Which article carries which label.", "parts", joined("section")),
    "article_tags": Description("Which article carries which tag.", "parts", joined("tag")),
    "images": Description(
        "Images that articles show; the files themselves are kept only when asked for.",
        "parts",
        {
            "id": ID,
            "identity": "What stays the same when the image's address is resized or cropped.",
            "url": "An address of the image on the publication's server.",
            "snapshot_id": "The kept file, in snapshots; NULL when it was not fetched.",
        },
    ),
    "article_images": Description(
        "One row an image in an article, with the words printed at it.",
        "parts",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "image_id": "The image, in images.",
            "role": "lead (above the body) or inline (in it).",
            "position": "Its place in the article.",
            "alt": "The alternative text.",
            "caption": "What is shown, as printed.",
            "credit_line": "The line that credits it, as printed.",
        },
    ),
    "credits": Description(
        "Readings of credit lines: one row a photographer, agency or licence of an image in an article.",
        "parts",
        {
            "id": ID,
            "article_image_id": "The image in its article, in article_images.",
            "kind": "photographer, agency or licence.",
            "name": "The name.",
            "basis": "stated (the line says so) or inferred (we concluded it).",
            "rule": "The rule that read it.",
        },
    ),
    "links": Description(
        "Links in article bodies: what articles cite, and in which sentence.",
        "parts",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "url": "Where it leads, without tracking parameters.",
            "href": "Where it leads, as written.",
            "anchor_text": "The words that are linked.",
            "sentence": "The sentence that holds the link.",
            "position": "Its place among the article's links.",
            "host": "The host it leads to, without www.",
            "outlet_id": "The site it leads to, in outlets; NULL for the publication's own pages.",
            "internal": "1 when it leads to the publication's own site.",
            "target_article_id": "The article it leads to, when that is held.",
        },
    ),
    "attributions": Description(
        "Outlets that article bodies name as their source without a link to them.",
        "parts",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "outlet_id": "The outlet, in outlets.",
            "name": "The outlet's name, the same however the article writes it.",
            "sentence": "The sentence that names it.",
            "position": "Its place among the article's attributions.",
            "rule": "The wording that it was found by, such as: told OUTLET.",
        },
    ),
    "notices": Description(
        "Corrections, clarifications, updates and editor's notes that articles print; their text is in the body too.",
        "parts",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "kind": "correction, clarification, update or editor's note.",
            "text": "The notice as printed.",
            "position": "Its place among the article's notices.",
        },
    ),
    "related_stories": Description(
        "What the publication set beside an article when it was last read.",
        "parts",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "url": "Where the related story is.",
            "headline": "Its headline as printed there.",
            "position": "Its place on the page.",
            "place": "Where on the page: stacked under the article, around-the-web, or read-more.",
            "related_article_id": "The related story's own article, when it is held.",
        },
    ),
    "aliases": Description(
        "Other addresses of articles.",
        "history",
        {"url": "An address that leads to the article without being its canonical one.", "article_id": ARTICLE_ID},
    ),
    "revisions": Description(
        "Distinct texts of articles; the first is number 1.",
        "history",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "number": "Counts the article's revisions from 1.",
            "snapshot_id": "The fetch that first showed it, in snapshots.",
            "seen_at": "When it was first seen here.",
            "fingerprint": "SHA-256 of its words.",
            "kind": "What kind of edit it is; NULL for the first.",
            "silent": "1 when the body changed and no notice says so; NULL for the first.",
            "changed_fields": "JSON list of the fields that differ from the revision before; NULL for the first.",
            "extractor": "The release of our reader that read it.",
            "words": "JSON object: the words that count, by field.",
            "notices": "JSON list: the corrections and notes that it printed.",
            "diff": "JSON: the words that changed since the revision before, in their order; NULL for the first.",
        },
    ),
    "tombstones": Description(
        "Articles that the publication took down: one row a disappearance; their text stays here.",
        "history",
        {
            "id": ID,
            "article_id": ARTICLE_ID,
            "url": "The address that no longer answered.",
            "reason": "What it answered instead.",
            "days": "JSON list of the days on which that was seen, in healthy runs.",
            "gone_at": "When it was seen for the last time that was needed.",
            "returned_at": "When the article was seen again; NULL while it is gone.",
        },
    ),
    "warc_files": Description(
        "The files that hold the bytes, and how far this database has read them.",
        "history",
        {
            "name": "The file, relative to the archive's folder.",
            "bytes": "Its size when it was finished.",
            "sha256": "Its SHA-256 when it was finished.",
            "filed_to": "Up to which byte its records are filed here.",
        },
    ),
    "publication": Description(
        "Whose archive this is: one row.",
        "history",
        {
            "id": "Always 1.",
            "name": "The publication's name on the command line.",
            "title": "Its printed title.",
            "url": "The address of its site.",
            "language": "Its language (BCP 47).",
            "hosts": "JSON list of the host names that its pages were fetched from or name as their own.",
        },
    ),
    "snapshots": Description(
        "Fetches whose bytes are kept: one row an answer, pointing at its WARC record.",
        "history",
        {
            "id": ID,
            "url": "The address that was asked for.",
            "fetched_at": "When it was fetched.",
            "status": "The HTTP status of the answer.",
            "digest": "The record's WARC-Payload-Digest.",
            "warc_file": "The WARC file, relative to the archive's folder.",
            "warc_offset": "Where in the file the record begins, in bytes.",
            "warc_length": "How long the record is in the file, in bytes.",
            "etag": "The answer's ETag.",
            "last_modified": "The answer's Last-Modified.",
            "revisit_of": "The full record that this one stands for, when the page had not changed; in snapshots.",
        },
    ),
    "ledger": Description(
        "Every address that the publication announced, what became of it and why.",
        "history",
        {
            "url": "The address; of an article held, its canonical one where both are the same.",
            "key": "What all spellings of the address share.",
            "sources": "JSON list of the sources that named it.",
            "first_announced_at": "When a source first named it.",
            "last_announced_at": "When a source last named it.",
            "lastmod": "The latest modification that a source claimed for it.",
            "state": "pending, stored, gone, excluded or failed.",
            "reason": "Why it is in that state.",
            "attempts": "How often it was asked for.",
            "checked_at": "When it was last asked for.",
            "next_check_at": "When to ask again; NULL for never.",
            "article_id": "The article it led to, in articles.",
            "snapshot_id": "Its newest fetch that led to the article, in snapshots.",
            "lastmod_read": "What lastmod was when it was last asked for.",
            "missing": "JSON list of the days since its last answer on which it was 404 or 410 in a healthy run.",
        },
    ),
    "crawls": Description(
        "Runs of the crawler, with all that is known of them.",
        "run",
        RUN,
    ),
    "fetches": Description(
        "The log of requests: one row an attempt.",
        "run",
        {
            "id": "Counts the attempts.",
            "crawl_id": "The run, in crawls.",
            "url": "The address that was asked for.",
            "at": "When.",
            "status": "The HTTP status of the answer; NULL when none came.",
            "error": "What came instead of an answer.",
            "bytes": "Size of the answer's body as it came over the wire.",
            "snapshot_id": "The answer's record, in snapshots, when it was kept.",
        },
    ),
    "articles_fts": Description(
        "The full-text index over articles, for MATCH queries; it finds words by stem and without their accents.",
        "run",
        {column: f"Words of the {column}." for column in ("headline", "dek", "body_text", "byline")},
    ),
}
