"""Words: folding, stop words and stems, and which language a question is written in.

English and Spanish have stop words that also tell the two apart, Arabic and Portuguese have some;
every language that Snowball knows has stems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from .direction import Direction

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[¿¡ñ]")
_ACCENTS = re.compile("[áéíóúü]")

# Snowball's algorithms by language code; other languages are matched word for word.
_ALGORITHMS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


def fold(text: str) -> str:
    """Lower case without accents: `Facturación` gives `facturacion`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


# Words that name no topic: grammar, courtesy, asking, and when. Folded, so without accents.
_ENGLISH = """
a an the this that these those some any each every all both either neither no not none
i me my mine myself you your yours yourself he him his she her hers it its we us our ours
they them their theirs one ones someone somebody anyone anybody everyone something
anything everything nothing thing things other others another same such own
am is are was were be been being do does did done doing have has had having
can could may might must shall should will would ought let lets get gets got getting
go goes going gone went come comes came make makes made making take takes took taken
put say says said seem seems happen happens happened
and or but nor so if then than because while although though unless until whether
of in on at by for from to into onto with without within about above below over under
between through during before after again against as off out up down per via
how what when where which who whom whose why here there
time times long see now today tomorrow yesterday tonight soon later already still yet
ever never always often sometimes just only also too very really quite much many more most
less least few lot lots enough even else please thanks thank hello hi hey dear sorry ok okay yes
help want wants wanted need needs needed like know tell explain show give ask question
answer try trying tried possible way ways mean wonder wondering think sure
t s m d ll re ve don doesn didn isn aren wasn can cannot couldn won wouldn shouldn
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
im ive id dont doesnt didnt isnt cant couldnt wont whats hows theres
"""
_SPANISH = """
el la los las lo un una unos unas este esta esto estos estas ese esa eso esos esas
aquel aquella aquello aquellos aquellas algun alguno alguna algunos algunas ningun ninguno
ninguna cada todo toda todos todas ambos mismo misma mismos mismas otro otra otros otras
tal tales algo nada alguien nadie cosa cosas uno
yo me mi mio mia mis tu te ti tus tuyo usted ustedes el ella ello ellos ellas se si le les
su sus suyo suya nos nosotros nuestra nuestro nuestras nuestros conmigo contigo vos
soy eres es somos son fui fue fueron era eran ser sera seria sido siendo estoy estas esta
estamos estan estaba estaban estar estado he has ha hemos han habia haber hay hubo habra
tengo tienes tiene tenemos tienen tenia tener tuve tuvo hago haces hace hacemos hacen
hacer haga hagan haria hice hizo hicieron hecho haciendo hara
puedo puedes puede podemos pueden podria podrian podriamos poder pude pudo pueda
quiero quieres quiere queremos quieren quisiera queria querer necesito necesitas necesita
necesitamos necesitar debo debemos deberia deberiamos voy vas va vamos van ir iba
doy das da damos dan dar dame denme toca
y e o u ni pero sino aunque porque pues mientras como cuando donde cual cuales quien
quienes que cuanto cuanta cuantos cuantas cuyo para por con sin de del al a ante bajo
contra desde durante en entre hacia hasta segun sobre tras
pongo pone ponen poner acabo acaba pasa hora horas ahora hoy manana ayer luego despues
antes ya aun todavia siempre nunca jamas aqui ahi alli
alla asi muy mas menos mucho mucha muchos muchas poco poca pocos tan tanto tambien
tampoco solo solamente bien mal apenas casi quizas tal vez veces
hola buenos buenas gracias favor porfavor porfa disculpa perdon ok no
ver veo ves ve vemos ven explica explicame expliquen dime diga digame decir saber se
ayuda ayudame ayudenme ayudar ayudarme ayudarnos ayudas
lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio
julio agosto septiembre setiembre octubre noviembre diciembre
sabes sabe muestrame cuentame pregunta duda posible manera forma acaso
"""
_PORTUGUESE = """
o a os as um uma uns umas este esta estes estas isto esse essa esses essas isso aquele aquela
aquilo outro outra outros outras algum alguma nenhum nenhuma cada todo toda todos todas tudo
mesmo mesma nada algo alguem ninguem coisa
eu me mim meu minha meus minhas tu te teu tua voce voces ele ela eles elas se lhe seu sua seus
suas nos nosso nossa nossos nossas comigo
sou e somos sao era eram ser sera seria sido estou esta estamos estao estava estar ha havia haver
tenho tem temos tinha ter tive teve faco faz fazemos fazem fazer faca fez feito
posso pode podemos podem poderia poder quero quer queremos querem queria querer preciso precisa
precisamos precisar devo deve devemos deveria vou vai vamos vao ir da dar
e ou nem mas porem porque pois enquanto como quando onde qual quais quem que quanto quanta
quantos quantas por pela pelo para pra com sem de do da dos das em no na nos nas num numa ao aos
ante contra desde durante entre ate sobre apos
agora hoje amanha ontem depois antes ja ainda sempre nunca aqui ai ali la assim muito muita muitos
muitas mais menos pouco tanto tao tambem so somente bem mal quase talvez vez vezes
ola oi bom boa dia tarde noite obrigado obrigada favor por desculpe ok sim nao
ajuda ajudar ajude saber sabe diga dizer explique explicar mostre mostrar pergunta duvida possivel
maneira forma
"""
_ARABIC = """
من في على إلى عن مع هذا هذه ذلك تلك هؤلاء هو هي هم نحن أنا أنت انت أنتم ما ماذا هل كيف متى أين
اين لماذا كم أي اي الذي التي الذين أن ان إن إذا لو لا لم لن ليس قد كان كانت يكون تكون ثم أو او
بل لكن حتى بعد قبل عند عندما كل بعض غير بين تحت فوق يمكن يمكنني يمكنك أريد اريد أحتاج احتاج أستطيع
استطيع شيء به بها له لها لي لك بم بمَ مرحبا أهلا اهلا شكرا فضلك نعم مساعدتي ساعدني مساعدة أخبرني
"""
STOP_WORDS = {"en": frozenset(_ENGLISH.split()), "es": frozenset(_SPANISH.split())}
# Also left out of a search, but not used to detect a language: half of the Portuguese ones are
# Spanish words, too.
MORE_STOP_WORDS = {
    "ar": frozenset(fold(word) for word in _ARABIC.split()),
    "pt": frozenset(_PORTUGUESE.split()),
}
DEFAULT = "en"
CAPITALS = {
    "de",
    "en",
    "id",
    "lb",
    "ms",
    "nl",
    "sw",
    "tr",
}  # these languages write the names of languages with a capital

_stemming = Lock()  # a Snowball stemmer keeps its word on itself


def words(text: str) -> list[str]:
    """The words of a text in lower case, accents kept (stems depend on them)."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The word's stem, folded; the folded word itself for a language without an algorithm."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return fold(word)
    with _stemming:
        return fold(stemmer.stemWord(word))


@cache
def _stemmer(language: str) -> Any:
    algorithm = _ALGORITHMS.get(language)
    if algorithm is None:
        return None
    # Imported late: it brings all of its languages with it.
    import snowballstemmer

    return snowballstemmer.stemmer(algorithm)


def name(code: str) -> str:
    """A language's name in the page's language, as within a sentence: "Spanish", "español"."""
    from django.utils.translation import get_language

    translated = str(_information(code).get("name_translated", code))
    # Django's translations have a capital in some languages that use none.
    return translated if primary(get_language() or DEFAULT) in CAPITALS else translated.lower()


def direction(code: str) -> Direction:
    """`rtl` or `ltr`: which way a language is written."""
    return "rtl" if _information(code).get("bidi") else "ltr"


def _information(code: str) -> Any:
    from django.utils.translation import get_language_info  # late: the rest needs no Django

    try:
        return get_language_info(code)
    except KeyError:
        return {}


def primary(language: str) -> str:
    """`es-MX` and `es_MX` give `es`."""
    return re.split("[-_]", language.strip().lower(), maxsplit=1)[0]


def is_stop_word(word: str, language: str) -> bool:
    """Whether the (unfolded) word names no topic in this language."""
    return fold(word) in (STOP_WORDS.get(language) or MORE_STOP_WORDS.get(language) or ())


def without_stop_words(text: str, language: str) -> str:
    return " ".join(word for word in words(text) if not is_stop_word(word, language))


def names_no_topic(text: str, language: str) -> bool:
    """Whether all of a text is grammar and courtesy: "hello", "what can you help me with?"."""
    return not without_stop_words(text, language)


def language_scores(text: str, vocabularies: Mapping[str, Container[str]]) -> dict[str, float]:
    """A score for each language of `vocabularies` (folded words by language).

    A word counts for a language if the others don't have it. Stop words count most: nearly
    every question has some, and they are not borrowed between languages.
    """
    scores = dict.fromkeys(vocabularies, 0.0)
    for word in set(map(fold, words(text))):
        _count(scores, word, STOP_WORDS, 1.0)
        _count(scores, word, vocabularies, 0.75)
    lowered = unicodedata.normalize("NFC", text).lower()
    if "es" in scores:
        scores["es"] += 2.0 * bool(_MARKS.search(lowered)) + 0.5 * bool(_ACCENTS.search(lowered))
    return scores


def _count(
    scores: dict[str, float], word: str, known: Mapping[str, Container[str]], weight: float
) -> None:
    having = [language for language in scores if word in known.get(language, ())]
    if len(having) == 1:
        scores[having[0]] += weight
