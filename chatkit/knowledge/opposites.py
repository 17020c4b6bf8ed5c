"""Whether a text is about making something or about being rid of it.

To models of meaning "add a customer" and "remove a customer" are nearly the same: both are about
the same thing. Which of the two is asked for, some words tell.
"""

from __future__ import annotations

import re

from .language import words
from .stop_words import fold

MAKES, ENDS = 1, -1
# Of folded words: whole ones, or beginnings where a hyphen follows. To turn something on or off is
# such a pair, too.
_MAKING = """
add adds added adding creat- insert- invite invites inviting register registers registering
enable enables enabling activate activates activating
agreg- anad- crea crear creamos crean insert- invitar invito invita invitamos invitarlo
registrar registramos registrarlo emitir emito emitimos activar activamos activarla activarlo
habilitar habilito habilitarla encender enciendo
adicion- cria criar crio criamos cadastr- convidar convido convidamos registo ativar ativamos
ajout- creer cree creez creons inviter invitez invitons emettre emets emettons emettez
activer activez activons allumer enregistrer enregistrez
hinzu- anleg- lege erstell- einfug- einlad- ausstell- erfassen erfasse verbuch- aktivier-
einschalt- anschalt-
aggiung- crea creare invitare inviti emettere emetto emettiamo registrare attivare attiviamo
abilitare accendere accendo
toevoeg- aanmak- uitnodig- registreren registreer inschakel- activeren activeer aanzetten
اضف اضيف اضافه اضافة انشا انشئ انشاء ادعو دعوه دعوة سجل اسجل تسجيل اصدر اشغل شغل تشغيل
"""
# Words that may also name a thing or how it is: they tell only where no other word does.
_MAKING_PERHAPS = """
issue issues issuing record recording prepare preparing
registro registra activo activa active emite emita
ativo ativa ative registre registo preparar preparo prepara
enregistre invite emet prepare preparer
attivo attiva registra invita prepara
فعل تفعيل اصدار اعداد
"""
_ENDING = """
remov- delet- eras- rid block- archiv- deactivat- retir- discontinu- hide hides hiding
cancel- void voids voided voiding disable disables disabled disabling uninvit-
quita- quito quite quiten quitem- elimin- borr- suprim- bloque- desactiv- ocult- descontinu-
anul- deshabilit- inhabilit-
apag- exclu- arquiv- desativ- remov- deslig- desabilit-
supprim- effac- enlev- bloqu- masqu- annul- resili- eteindre eteins eteint
losch- entfern- sperr- deaktivier- ausblend- stornier- kundig- annullier- widerruf- ausschalt-
abschalt- ausgeschaltet abgeschaltet
rimuov- cancellar- disattiv- disabilit- spegn- disdi-
verwijder- annuleer annuleren annuler- uitschakel- uitzetten deactive- opzeg-
احذف حذف ازل ازيل ازاله ازالة امسح مسح حظر الغي الغاء الغيت نلغي تلغي يلغي الغاوه الغاوها
اوقف ايقاف عطل اعطل تعطيل اطفئ اطفاء اخفي اخفاء ارشفه ارشفة
"""
# What several words say together, with others between them: "turn it off", "schalte ich es aus".
# Chinese and Japanese have no spaces.
_BETWEEN = r"(?: (?!(?:in|into|to)\b)\w+){0,8}?"
_PHRASES = (
    (MAKES, rf"\b(?:turn|switch)(?:s|es|ed|ing)?{_BETWEEN} on\b"),
    (ENDS, rf"\b(?:turn|switch)(?:s|es|ed|ing)?{_BETWEEN} off\b"),
    (MAKES, rf"\b(?:schalt\w*{_BETWEEN} (?:ein|an)|stell\w*{_BETWEEN} aus|lad\w*{_BETWEEN} ein)\b"),
    (ENDS, rf"\b(?:schalt\w*{_BETWEEN} (?:aus|ab)|stell\w*{_BETWEEN} ab|heb\w*{_BETWEEN} auf)\b"),
    (MAKES, rf"\b(?:schakel\w*{_BETWEEN} in|zet\w*{_BETWEEN} aan)\b"),
    (ENDS, rf"\b(?:schakel\w*{_BETWEEN} uit|zet\w*{_BETWEEN} uit)\b"),
    (ENDS, r"\bde baja\b"),
    (MAKES, "创建|新建|添加|新增|邀请|开启|启用|登记|追加|作成|招待|登録|有効に|オンに"),
    (
        ENDS,
        "取消|删除|移除|作废|停用|禁用|关闭|屏蔽|削除|取り消|キャンセル|解約|解除|無効に|オフに",
    ),
)


def _pattern(listed: str) -> re.Pattern[str]:
    parts = {fold(word) for word in listed.split()}
    return re.compile("|".join(re.escape(one).replace(r"\-", r"\w*") for one in sorted(parts)))


_WORDS = ((MAKES, _pattern(_MAKING)), (ENDS, _pattern(_ENDING)))
_PERHAPS = _pattern(_MAKING_PERHAPS)
_TOGETHER = tuple((way, re.compile(fold(phrase))) for way, phrase in _PHRASES)


def leaning(text: str) -> int:
    """MAKES, ENDS, or 0 where neither or both are spoken of."""
    said = [fold(word) for word in words(text)]
    ways = {way for way, pattern in _WORDS if any(pattern.fullmatch(word) for word in said)}
    ways.update(way for way, phrase in _TOGETHER if phrase.search(" ".join(said)))
    if not ways and any(_PERHAPS.fullmatch(word) for word in said):
        return MAKES
    return sum(ways)


def contrary(question: str, heading: str) -> bool:
    """Whether one makes what the other ends."""
    way = leaning(question)
    return way != 0 and leaning(heading) == -way
