"""Pages in some twenty-five character sets come out as they were written, by whichever sign the set is known."""

from __future__ import annotations

import codecs

import pytest

from scraper.extraction.article import extract_article
from scraper.extraction.document import read_document, visible_text

# Label as sites write it, Python's codec, and a sentence of our own in a language that uses it.
SETS = [
    ("utf-8", "utf-8", "Die Fähre fährt – für „alle“ – bis 23 Uhr: 你好, мир, 5 €."),
    ("iso-8859-1", "cp1252", "Le préfet a reçu « les pêcheurs » de l’île : coût, 5 €, sans délai – voilà l’œuvre."),
    ("latin1", "cp1252", "“El niño” llegó mañana… ¿sí?"),
    ("us-ascii", "cp1252", "The café’s owner said “no” – twice."),
    ("windows-1252", "cp1252", "Der Bürgermeister grüßt – „schöne Grüße“ kosten 3 €."),
    ("iso-8859-15", "iso-8859-15", "Le bœuf coûte 5 € à Nîmes, où l'été s'achève."),
    ("iso-8859-2", "iso-8859-2", "Żółta łódź płynie ku źródłu; příliš žluťoučký kůň."),
    ("windows-1250", "cp1250", "Šťastný kôň – „dobrý deň“ – řeka Łaba, gęś i jaźń."),
    ("windows-1251", "cp1251", "Паром ходит ещё две зимы — «до весны», сказал министр."),
    ("koi8-r", "koi8-r", "Паром ходит еще две зимы, сказал министр."),
    ("koi8-u", "koi8-u", "Пором ходить іще дві зими, ґудзик і їжак є."),
    ("iso-8859-5", "iso-8859-5", "Фериботът ще плава още две зими."),
    ("windows-1253", "cp1253", "Το πορθμείο μένει ακόμη δύο χειμώνες – είπε ο υπουργός."),
    ("iso-8859-7", "iso-8859-7", "Το πορθμείο μένει ακόμη δύο χειμώνες."),
    ("windows-1254", "cp1254", "İki kış daha: “Şu ağır iş güç” dedi."),
    ("iso-8859-9", "cp1254", "Köprü üç katına mal oldu, çünkü ışık yoktu; “evet” dedi."),
    ("windows-1255", "cp1255", "המעבורת נשארת לעוד שני חורפים – כך אמר השר."),
    ("windows-1256", "cp1256", "العبّارة باقية شتاءين آخرين، كما قال الوزير."),
    ("windows-1257", "cp1257", "Keltas plauks dar dvi žiemas – ąžuolas, ėjo, ūkis."),
    ("windows-1258", "cp1258", "Con phà chạy thêm hai mùa đông, bộ trưởng nói."),
    ("windows-874", "cp874", "เรือข้ามฟากยังวิ่งต่ออีกสองฤดูหนาว"),
    ("shift_jis", "cp932", "渡し船はあと二冬続く、と①大臣は語った。"),
    ("euc-jp", "euc_jp", "渡し船はあと二冬続く、と大臣は語った。"),
    ("iso-2022-jp", "iso2022_jp", "渡し船はあと二冬続く、と大臣は語った。"),
    ("gb2312", "gb18030", "渡轮再运行两个冬天，朱镕基曾经说過。"),
    ("gbk", "gb18030", "渡轮再运行两个冬天，部长说。"),
    ("big5", "big5", "渡輪再運行兩個冬天，部長說。"),
    ("euc-kr", "cp949", "나룻배는 두 겨울 더 다닌다고 펲시 장관이 말했다."),
]
IDS = [label for label, _, _ in SETS]
BEYOND_WINDOWS = {"windows-1258"}


def page(sentence: str, head: str = "") -> str:
    return f"<html><head>{head}<title>{sentence}</title></head><body><p>{sentence}</p></body></html>"


def encode(text: str, codec: str) -> bytes:
    return text.encode(codec, "replace" if codec in ("cp1258",) else "strict")


def shown(content: bytes, content_type: str | None = None) -> str:
    return visible_text(read_document(content, "https://example.org/a", content_type).tree)


@pytest.mark.parametrize(("label", "codec", "sentence"), SETS, ids=IDS)
def test_the_header_names_it(label: str, codec: str, sentence: str) -> None:
    content = encode(page(sentence), codec)
    assert shown(content, f"text/html; charset={label}") == content_text(content, codec)


@pytest.mark.parametrize(("label", "codec", "sentence"), SETS, ids=IDS)
@pytest.mark.parametrize(
    "meta",
    ['<meta charset="{}">', "<META http-equiv=Content-Type content='text/html; charset={}'>"],
    ids=["", "http-equiv"],
)
def test_the_meta_element_names_it(label: str, codec: str, sentence: str, meta: str) -> None:
    content = encode(page(sentence, meta.format(label)), codec)
    assert shown(content, "text/html") == content_text(content, codec)


def content_text(content: bytes, codec: str) -> str:
    """Return the paragraph of a page as its own codec reads it."""
    return content.decode(codec).partition("<p>")[2].partition("</p>")[0]
