"""Labels that any article may carry: a headline's prefix made of nothing else is no series. Must not decide anything.

Words, not phrases, in lower case, by language: "exclusive video" is a label because both its words are.
"""

from __future__ import annotations

_WORDS = {
    "en": (
        "a alert analysis archive archives audio blog book books breaking brief briefing business chapter chart "
        "charts check clarification column comment commentary correction culture data debate developing ed "
        "editor's editorial editors episode essay event events exclusive explained explainer explainers fact "
        "factbox facts feature features first flash from gallery graphic guest health images in infographic "
        "interview interviews investigation just last letter letters listen live liveblog long longread longreads "
        "map maps must news newsletter note notes notice now obituary op oped opinion part perspective "
        "perspectives photo photography photos pictures podcast politics poll post press profile q q&a quiz read "
        "recap release report reporting reports review reviews round roundup science second special sport sports "
        "statement summary survey the third timeline today transcript up update updated updates urgent urgently "
        "video videos view viewpoint watch webinar week world"
    ),
    "de": (
        "aktualisiert analyse bericht bilder bilderstrecke eil eilmeldung essay exklusiv faktencheck fotos "
        "gastbeitrag gespräch glosse hintergrund interview kolumne kommentar leitartikel liveticker meinung "
        "nachrichten newsblog porträt reportage rezension teil ticker umfrage update"
    ),
    "fr": (
        "analyse avis chronique critique dernière direct décryptage en enquête entretien exclusif exclusivité "
        "info infos jour minute mise opinion partie photos podcast portrait reportage récit tribune vidéo vidéos "
        "à édito éditorial"
    ),
    "es, pt": (
        "actualización análise análisis ao atualização columna crónica crônica directo editorial en encuesta "
        "entrevista especial exclusiva exclusivo fotos hora noticias notícias opinião opinión parte perfil "
        "reportagem reportaje reseña vivo vídeo vídeos última"
    ),
    "it": (
        "aggiornamento analisi commento diretta editoriale esclusiva esclusivo foto intervista notizie opinione "
        "ora recensione reportage sondaggio ultima"
    ),
    "nl": ("analyse column exclusief foto's interview mening nieuws opinie recensie update verslag"),
    "da, no, sv": (
        "analys debatt exklusivt intervju kommentar kronik krönika ledare leder nyheter recension uppdaterad åsikt"
    ),
    "ru": (
        "анализ видео интервью колонка комментарий мнение новости обновление обновлено опрос подкаст репортаж "
        "срочно фото эксклюзив"
    ),
    "pl": ("analiza komentarz opinia opinie pilne raport wideo wywiad"),
    "ja, zh, ko": (
        "インタビュー 专访 分析 動画 快讯 意見 更新 独占 独家 社説 視点 视频 解説 评论 "
        "速報 단독 분석 사설 속보 영상 인터뷰"
    ),
    "ar": ("تحليل حصري رأي عاجل فيديو مقابلة"),
}
LABELS = frozenset(" ".join(_WORDS.values()).split())
