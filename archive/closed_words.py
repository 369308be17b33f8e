"""Small, closed lists of words that rules on edits need: negations, modal verbs, numbers, dates, articles and the like.

About a dozen languages; a language that is missing loses only these hints. Must not hold rules.
"""

from __future__ import annotations

NEGATIONS = frozenset(
    """
    no not never none nobody nothing neither nor cannot without n't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't
    can't couldn't shouldn't hasn't haven't hadn't ain't mustn't
    nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder ohne
    ne pas jamais aucun aucune rien personne sans ni non
    nunca jamás ningún ninguna ninguno nada nadie sin tampoco não nem nenhum nenhuma ninguém sem
    mai nessuno nessuna niente nulla senza né niet geen nooit niemand niets zonder
    inte ej aldrig ingen inget inga utan ikke aldri aldrig ingenting intet
    nie nigdy nikt nic bez żaden żadna ani ne nikdy nikdo
    не ни нет никогда никто ничего без ні немає ніколи ніхто нема
    değil yok hiç asla لا لم لن ليس ليست ما غير بدون بلا לא אין בלי δεν μην όχι ποτέ χωρίς
    नहीं न मत बिना nem sem soha en ei eivät emme älä
    不 没 沒 無 无 未 非 莫 勿 否 ぬ ず 않 못 안 없
    """.split()
)
MODALS = frozenset(
    """
    may might can could will would shall should must ought
    darf dürfen dürfte durfte kann können könne könnte könnten konnte konnten soll sollen sollte sollten muss müssen müsse müsste
    musste wird werden würde würden will wollen wolle wollte mag
    peut peuvent pourrait pourraient doit doivent devrait devraient faut faudrait
    puede pueden podría podrían debe deben debería deberían pode podem poderia deve devem deveria
    può possono potrebbe potrebbero devono dovrebbe dovrebbero
    kan kunnen zou zouden zal zullen moet moeten mag mogen skall ska kunde bör måste skal kunne burde må bør
    może mogą mógłby musi muszą powinien powinna
    может могут мог могла могли должен должна должны бы можно нельзя нужно следует може можуть повинен
    يمكن قد يجب سوف ينبغي 会 會 能 可 应 應 必 须 須 将 將 要
    """.split()
)
_NUMBER_LINES = """
zero one two three four five six seven eight nine ten eleven twelve
null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
zéro un deux trois quatre cinq six sept huit neuf dix onze douze
cero un dos tres cuatro cinco seis siete ocho nueve diez once doce
zero um dois três quatro cinco seis sete oito nove dez onze doze
zero un due tre quattro cinque sei sette otto nove dieci undici dodici
nul een twee drie vier vijf zes zeven acht negen tien elf twaalf
noll en två tre fyra fem sex sju åtta nio tio elva tolv
null en to tre fire fem seks sju åtte ni ti elleve tolv
zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście
ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать
нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять
sıfır bir iki üç dört beş altı yedi sekiz dokuz on onbir oniki
"""
# Words that are also articles or short words of another language would make numbers of them.
_NO_NUMBERS = frozenset("un ein um een en on to ni ti sei once null".split())
NUMBERS: dict[str, str] = {
    word: str(value)
    for line in _NUMBER_LINES.strip().splitlines()
    for value, word in enumerate(line.split())
    if word not in _NO_NUMBERS
}
NUMBERS |= {
    word: word
    for word in """
    thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
    hundreds thousand thousands million millions billion billions trillion trillions dozen dozens half twice double triple
    first second third fourth fifth quarter both most all some few many several more less fewer every
    dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig
    neunzig hundert tausend millionen milliarde milliarden dutzend erste zweite dritte erster zweiter dritter alle einige mehr weniger
    treize quatorze quinze seize vingt trente quarante cinquante soixante cent mille millions milliard milliards
    premier deuxième troisième plus moins
    trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento mil millón millones
    primero segundo tercero más menos vinte trinta cem milhão milhões bilhão bilhões mais
    venti trenta cento milione milioni miliardo miliardi più meno
    miljoen miljard honderd duizend meer minder miljon miljoner miljard miljarder hundra tusen million millioner milliard milliarder
    dwadzieścia trzydzieści sto tysiąc tysiące tysięcy milion miliony milionów miliard miliardy miliardów
    двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто двести триста тысяча тысячи тысяч
    миллион миллиона миллионов миллиард миллиарда миллиардов первый второй третий больше меньше более менее
    тисяч мільйон мільйонів мільярд мільярдів مليون مليار ألف آلاف مئة عشرة عشر عشرين واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة
    〇 一 二 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億 兆 两 兩 半
    """.split()
}
_DATE_LINES = """
january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct november/nov december/dec
monday/mon tuesday/tue/tues wednesday/wed thursday/thu/thurs friday/fri saturday/sat sunday/sun
januar/jänner februar märz april mai juni juli august september oktober november dezember
montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
lundi mardi mercredi jeudi vendredi samedi dimanche
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
lunes martes miércoles jueves viernes sábado domingo
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
lunedì martedì mercoledì giovedì venerdì sabato domenica
januari februari maart april mei juni juli augustus september oktober november december
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
måndag/mandag tisdag/tirsdag onsdag torsdag fredag lördag/lørdag/lördag söndag/søndag
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
poniedziałek wtorek środa czwartek piątek sobota niedziela
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
понедельник вторник среда/среду четверг пятница/пятницу суббота/субботу воскресенье
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
pazartesi salı çarşamba perşembe cuma cumartesi pazar
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
yesterday today tomorrow tonight
gestern heute morgen
"""
_NO_DATES = frozenset("may mar mon sat sun morgen mars mart sept dec jan pazar ekim 月 日".split())
DATES: dict[str, str] = {
    form: forms.split("/")[0]
    for line in _DATE_LINES.strip().splitlines()
    for forms in line.split()
    for form in forms.split("/")
    if form not in _NO_DATES
}
LIGHT = frozenset(
    """
    a an the of in on at to for by with from as and that which who is are was were be been being has have had do does did it its
    der die das den dem des ein eine einen einem einer eines in im am an auf zu zum zur von vom mit und ist sind hat dass für es sich
    le la les l' un une des du de d' à au aux en et est sont que qui il elle se s' pour par
    el los las una unos unas del al y es son se lo por con
    o os as um uma do da dos das no na ao à e é são
    il lo gli i un' uno della dello dei delle del di al alla nel nella che è sono si per
    de het een van op te met en is zijn dat
    en ett och att i på av för är som till det den et og å av til er det
    i w z na do się jest są że o po od
    и в во на с со к ко о об у по за из от что как это был была были и й та в у на з до що є
    και το τα η ο οι του της των στο στη στην σε να ve bir bu de da ile
    في من على إلى أن إن و التي الذي هذا هذه ה של את על ב ל ש
    का की के को में से है हैं ने और पर
    的 了 地 得 着 过 在 是 和 与 也 就 都 把 被 は が を に で と も の へ や た て し
    """.split()
)
"""Words whose lack, or whose presence once too often, is a slip."""
_SWAPS = """
a an the|in on at|is are|was were|has have|do does|of to for|this these|that those|it its it's|there their they're|your you're
then than|to too|of off|where were|who whom|who's whose|affect effect|affects effects|affected effected|loose lose|lead led|passed past
principal principle|of have|that which|like as|him his|us our|complement compliment|discreet discrete|breath breathe
der die das den dem des|ein eine einen einem einer eines|im am|in im|zum zur|vom von|ist sind|war waren|hat haben|das dass|seid seit
le la les l'|un une|du de des d'|au aux à|a à|ou où|est sont|ce se|ces ses|sa ça|er é
el la los las|un una|del de al a|es son|e y|o u|mas más|si sí|esta está|a ha|o os a as|um uma|do da dos das de|no na em
il lo la i gli le l'|del dello della dei degli delle di|al allo alla|e è|da dà|un uno una un'
de het|een één|den det|en ett|et en|att och|i på|og å|van von
в во|с со|к ко|о об обо|из изо|и й|у в|тся ться|его её|на в|з із зі
的 地 得|在 再|做 作|己 已 巳|象 像|那 哪|帐 账|份 分|它 牠|は わ|を お|へ え|ず づ|じ ぢ|的 底|以 已|坐 座|妆 装|即 既
"""
SWAPS = tuple(frozenset(line.split()) for row in _SWAPS.strip().splitlines() for line in row.split("|"))
"""Words that are written for one another by a slip of grammar or spelling."""
NEGATING_PREFIXES = frozenset(
    "un in im il ir dis non a an anti mis de des ent ver miss o u on nie bez be bes ne не без бес анти дез im i".split()
)
