"""Pages in some twenty-five character sets come out as they were written, by whichever sign the set is known."""

from __future__ import annotations

import pytest

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


def page(sentence: str, head: str = "") -> str:
    return f"<html><head>{head}<title>{sentence}</title></head><body><p>{sentence}</p></body></html>"


def encode(text: str, codec: str) -> bytes:
    # Python writes no Vietnamese in windows-1258: its letters would have to be decomposed first.
    return text.encode(codec, "replace" if codec == "cp1258" else "strict")


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


LONG = {
    "cp1252": (
        "Le préfet a reçu les pêcheurs de l’île, qui réclament depuis des années que la côte soit protégée. ",
        "Fågeln flög över ängen där kvällens första älgar gick, och pojken såg på länge utan att säga något. ",
        "Nadie esperaba que la reparación costara más que el pequeño puente que unía las dos orillas del río. ",
        "Der Bürgermeister grüßt die Fährleute, die für die nächsten Jahre auf größere Schiffe hoffen dürfen. ",
    ),
    "cp1250": ("Żeglarze znad rzeki mówią, że nowa tama już zmieniła zbiory i że łodzie muszą czekać do wiosny. ",),
    "iso8859_2": ("Żeglarze znad rzeki mówią, że nowa tama już zmieniła zbiory i że łodzie muszą czekać do wiosny. ",),
    "cp1251": ("Крестьяне у реки говорят, что новая плотина уже изменила урожай и что лодкам придется ждать. ",),
    "koi8_r": ("Крестьяне у реки говорят, что новая плотина уже изменила урожай и что лодкам придется ждать. ",),
    "cp1253": ("Οι αγρότες δίπλα στο ποτάμι λένε ότι το νέο φράγμα άλλαξε ήδη τη σοδειά και τα καράβια περιμένουν. ",),
    "cp1254": (
        "Nehir kıyısındaki çiftçiler yeni barajın hasadı şimdiden değiştirdiğini ve gemilerin beklediğini söylüyor. ",
    ),
    "cp1255": ("החקלאים לאורך הנהר אומרים שהסכר החדש כבר שינה את היבול ושהסירות ימתינו עד האביב. ",),
    "cp1256": ("يقول المزارعون على ضفة النهر إن السد الجديد غير الحصاد بالفعل وإن القوارب تنتظر الربيع. ",),
    "cp932": ("川沿いの農家は、新しいダムがすでに収穫を変えたと話し、船は春まで待つという。",),
    "euc_jp": ("川沿いの農家は、新しいダムがすでに収穫を変えたと話し、船は春まで待つという。",),
    "iso2022_jp": ("川沿いの農家は、新しいダムがすでに収穫を変えたと話し、船は春まで待つという。",),
    "gb18030": ("沿河的农民说，新水坝已经改变了收成，船只要等到春天才能再次起航。",),
    "big5": ("沿河的農民說，新水壩已經改變了收成，船隻要等到春天才能再次起航。",),
    "cp949": ("강가의 농민들은 새 댐이 이미 수확을 바꿔 놓았고 배는 봄까지 기다려야 한다고 말한다. ",),
}


@pytest.mark.parametrize(("codec", "sentence"), [(codec, text) for codec in LONG for text in LONG[codec]])
def test_nothing_names_it(codec: str, sentence: str) -> None:
    script = "<script>var plain = 'ASCII';</script>" * 2_000
    assert shown(page(sentence * 12, script).encode(codec)) == (sentence * 12).strip()


SENTENCE = "Żółta łódź – „płynie” ku źródłu."


def test_a_byte_order_mark_goes_before_the_header_and_the_header_before_the_meta_element() -> None:
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        content = mark + page(SENTENCE, "<meta charset=koi8-r>").encode(codec)
        assert shown(content, "text/html; charset=windows-1251") == SENTENCE
    content = page(SENTENCE, "<meta charset=windows-1252>").encode("cp1250")
    assert shown(content, "text/html; charset=windows-1250") == SENTENCE


def test_a_meta_element_counts_only_where_browsers_look_for_it() -> None:
    assert shown(page(SENTENCE, "<!-- " + "x" * 700 + " --><meta charset=windows-1250>").encode("cp1250")) == SENTENCE


def test_utf_8_with_a_damaged_letter_stays_utf_8() -> None:
    content = page(SENTENCE * 9).encode().replace("Ż".encode(), b"\xc5", 1)
    assert shown(content).endswith(SENTENCE * 8)
