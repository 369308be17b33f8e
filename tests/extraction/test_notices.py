"""Correction and editor's notes: found under their label or by what they say, in many languages, and nothing else."""

from __future__ import annotations

import pytest

from scraper.extraction.blocks import Block, read_blocks
from scraper.extraction.document import read_document
from scraper.extraction.notices import read_notices

PLAIN = [f"The ferry made its crossing number {number}, and nobody wrote it down." for number in range(1, 17)]

NOTICES = [
    ("Correction: The treaty was signed in Lisbon, not in Porto.", "correction"),
    ("Correction, Sept. 5: The treaty was signed in Lisbon, not in Porto.", "correction"),
    ("CORRECTION (5 September 2024): The treaty was signed in Lisbon.", "correction"),
    ("Corrections: The treaty was signed in Lisbon, and by a deputy.", "correction"),
    ("Correction — the treaty was signed in Lisbon, not in Porto.", "correction"),
    ("Correction appended, May 3, 2023: The treaty was signed in Lisbon.", "correction"),
    ("Erratum: the table gave the tonnage in barrels.", "correction"),
    ("An earlier version of this article misstated the ferry’s tonnage.", "correction"),
    ("A previous version of this story said that the ferry was new.", "correction"),
    ("This article originally misidentified the captain.", "correction"),
    ("This article has been corrected to give the captain’s rank.", "correction"),
    ("This story has been updated to correct the captain’s name.", "correction"),
    ("(This piece was amended on 4 May to remove a wrong figure.)", "correction"),
    ("This article has been updated.", "update"),
    ("This story was updated at 3:15 p.m. with a comment from the ministry.", "update"),
    ("Update: The ministry answered after publication and denied the figure.", "update"),
    ("UPDATE, 3:15 p.m. ET: The ministry answered after publication.", "update"),
    ("Update (May 6): The ministry answered after publication.", "update"),
    ("Clarification: The ferry is leased by the ministry and not owned.", "clarification"),
    ("This article has been updated to clarify who owns the ferry.", "clarification"),
    ("Editor’s note: The author once worked for the ferry company.", "editor's note"),
    ("Editor's Note: The author once worked for the ferry company.", "editor's note"),
    ("EDITORS’ NOTE: The names of the sailors have been changed.", "editor's note"),
    ("A note from the editors: the names of the sailors have been changed.", "editor's note"),
    ("[Ed. note: the names of the sailors have been changed.]", "editor's note"),
    ("Anmerkung der Redaktion: Die Namen der Seeleute wurden geändert.", "editor's note"),
    ("Korrektur: Die Fähre fährt seit 1998, nicht seit 1989.", "correction"),
    ("In einer früheren Version dieses Artikels stand ein falsches Datum.", "correction"),
    ("Dieser Artikel wurde am 4. Mai aktualisiert.", "update"),
    ("Note de la rédaction : les noms des marins ont été changés.", "editor's note"),
    ("Rectificatif : le traité a été signé à Lisbonne.", "correction"),
    ("Une première version de cet article indiquait une date erronée.", "correction"),
    ("Cet article a été mis à jour le 4 mai.", "update"),
    ("Fe de errores: el tratado se firmó en Lisboa.", "correction"),
    ("Nota del editor: los nombres de los marineros son ficticios.", "editor's note"),
    ("Una versión anterior de este artículo daba una fecha errónea.", "correction"),
    ("Correção: o tratado foi assinado em Lisboa.", "correction"),
    ("Errata corrige: il trattato è stato firmato a Lisbona.", "correction"),
    ("Nota della redazione: i nomi dei marinai sono stati cambiati.", "editor's note"),
    ("Rectificatie: het verdrag is in Lissabon getekend.", "correction"),
    ("In een eerdere versie van dit artikel stond een verkeerde datum.", "correction"),
    ("Rättelse: avtalet undertecknades i Lissabon.", "correction"),
    ("Rettelse: traktaten blev underskrevet i Lissabon.", "correction"),
    ("Исправление: договор был подписан в Лиссабоне.", "correction"),
    ("От редакции: имена моряков изменены по их просьбе.", "editor's note"),
    ("Sprostowanie: traktat podpisano w Lizbonie.", "correction"),
    ("訂正：条約が署名されたのはポルトではなくリスボンでした。", "correction"),
    ("編集部注：船員の名前は仮名であり実在の人物ではありません。", "editor's note"),
    ("Düzeltme: antlaşma Lizbon'da imzalandı.", "correction"),
]
NO_NOTICES = [
    "The correction of the course: that is what the pilot called it.",
    "Correction officers at the county jail have been on strike since May.",
    "Corrections officers, who were not consulted, said that they would appeal.",
    "Correction came late: the market fell for another nine days.",
    "A correction was issued by the ministry, in small type.",
    "The paper ran a correction: the ferry had never sunk.",
    "Updated rules will apply from June, the ministry said.",
    "Updated: Wednesday, 5 September 2024, 10:30 GMT",
    "Update 2 of the plan: buy a second ferry.",
    "Clarification of the rules is what the captains ask for.",
    "Editors noted that the figure had been rounded.",
    "The editor’s notes on the manuscript are lost.",
    "An earlier version of the treaty gave the islands nothing.",
    "A previous version of the bill was vetoed.",
    "This report was updated in May by the Pentagon, which added an annex.",
    "The story was updated for the stage by his nephew.",
    "The article has been law since 1949 and was amended twice.",
    "Précision et patience sont les vertus du pilote.",
    "Korrekturen am Kurs: Das nannte der Lotse Handwerk.",
    "Note: the ferry does not run on Sundays.",
    "Rettifica il conto, disse il capitano, e torna domani.",
    "La corrección del rumbo: eso pidió el práctico.",
]


def blocks_of(*lines: str, html: str = "") -> list[Block]:
    page = html or "".join(f"<p>{line}</p>" for line in lines)
    document = read_document(f"<body>{page}</body>", "https://review.example/a/")
    return read_blocks(document.tree, document.url)


def found(*lines: str, html: str = "") -> list[tuple[str, str]]:
    return [(notice.kind, notice.text) for notice in read_notices(blocks_of(*lines, html=html))]


@pytest.mark.parametrize("last", [True, False], ids=["last", "first"])
@pytest.mark.parametrize(("text", "kind"), NOTICES)
def test_a_notice_is_found_with_its_kind(text: str, kind: str, last: bool) -> None:
    lines = [*PLAIN, text] if last else [text, *PLAIN]
    assert found(*lines) == [(kind, text)]


@pytest.mark.parametrize("text", NO_NOTICES)
def test_a_sentence_about_corrections_is_none(text: str) -> None:
    assert found(text, *PLAIN) == []
    assert found(*PLAIN, text) == []
    assert found(*PLAIN, text, *PLAIN) == []


def test_a_label_in_the_middle_counts_only_on_a_line_set_apart() -> None:
    label = "Correction: none was needed, since nobody steered that night."
    assert found(*PLAIN, label, *PLAIN) == []
    assert found(*PLAIN, f"<em>{label}</em>", *PLAIN) == [("correction", label)]
    assert found(*PLAIN, f"[{label}]", *PLAIN) == [("correction", f"[{label}]")]
    note = "Editor’s note: the author owns a ferry, and is owned by it."
    assert found(*PLAIN, note, *PLAIN) == [("editor's note", note)]


def test_what_a_text_says_of_itself_counts_anywhere_from_its_sentence_on() -> None:
    said = "An earlier version of this article gave the wrong year."
    assert found(*PLAIN, f"It sank in 1989. {said}", *PLAIN) == [("correction", said)]
    assert found(*PLAIN, f"It sank in 1989. ({said}) It was raised in May.", *PLAIN) == [("correction", f"({said})")]


def test_a_label_on_a_line_of_its_own_takes_the_next_line() -> None:
    html = "<p>It sailed.</p><h3>Correction</h3><p>The ferry sank in 1989, not in 1998.</p><p>It was new.</p>"
    assert found(html=html) == [("correction", "Correction The ferry sank in 1989, not in 1998.")]
    broken = "<p>It sailed.</p><p>It sank.<br><strong>Correction:</strong> It sank in 1989, not before.</p>"
    assert found(html=broken) == [("correction", "Correction: It sank in 1989, not before.")]


def test_notices_are_counted_from_one_in_order() -> None:
    first, second = read_notices(
        blocks_of("Editor’s note: names have been changed.", *PLAIN, "Correction: It sank in 1989, not in 1998.")
    )
    assert [first.position, second.position] == [1, 2]
    assert [first.kind, second.kind] == ["editor's note", "correction"]
