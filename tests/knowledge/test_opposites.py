"""Who wants to be rid of something is not told first how to make it, in any language."""

from __future__ import annotations

import pytest

from chatkit.knowledge import Knowledge

LEAVING = "When somebody leaves"
MISTAKE = "Correct a mistake"
CANCEL_ORDER, CANCEL_PAYMENT = "Cancel an order", "Cancel a payment"
TURN_ON = {"Turn it on", "Activarla"}


@pytest.mark.parametrize(
    ("question", "language", "heading"),
    [
        ("how to remove a user", "en", LEAVING),
        ("remove a payment", "en", CANCEL_PAYMENT),
        ("delete an invoice", "en", MISTAKE),
        ("dar de baja a un usuario", "es", "Cuando alguien se va"),
        ("borrar una factura", "es", "Corregir un error"),
        ("كيف ألغي طلب", "ar", CANCEL_ORDER),
        ("كيف يمكنني إلغاء الطلب؟", "ar", CANCEL_ORDER),
        ("Bestellung stornieren", "de", CANCEL_ORDER),
        ("comment supprimer un utilisateur", "fr", LEAVING),
        ("annuler une facture", "fr", MISTAKE),
        ("como remover um usuário", "pt", LEAVING),
        ("come annullo un pagamento", "it", CANCEL_PAYMENT),
        ("取消付款", "zh", CANCEL_PAYMENT),
        ("ユーザーを削除する方法", "ja", LEAVING),
    ],
)
def test_the_way_to_be_rid_of_it_comes_first(
    semantic_help: Knowledge, question: str, language: str, heading: str
) -> None:
    found = semantic_help.search(question, language=language)
    assert [match.section.heading for match in found.matches][:1] == [heading]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("how do I turn off two-step verification", "en"),
        ("how do I switch two step verification off", "en"),
        ("disable 2fa", "en"),
        ("¿cómo apago la verificación en dos pasos?", "es"),
        ("Wie schalte ich die Zwei-Faktor-Authentifizierung aus?", "de"),
        ("Wie kann ich die Zwei-Faktor-Authentifizierung ausschalten?", "de"),
        ("comment désactiver la double authentification", "fr"),
        ("como desativar a verificação em duas etapas", "pt"),
        ("come disattivo la verifica in due passaggi", "it"),
        ("hoe schakel ik authenticatie in twee stappen uit", "nl"),
        ("كيف ألغي تفعيل التحقق بخطوتين؟", "ar"),
        ("二段階認証を無効にする方法", "ja"),
        ("如何关闭两步验证", "zh"),
    ],
)
def test_who_turns_it_off_is_not_told_to_turn_it_on(
    semantic_help: Knowledge, question: str, language: str
) -> None:
    found = semantic_help.search(question, language=language)
    assert not {match.section.heading for match in found.matches} & TURN_ON


@pytest.mark.parametrize(
    ("question", "language", "heading"),
    [
        ("how do I record a payment", "en", "Record a payment"),
        ("cómo registro un cobro", "es", "Registrar un cobro"),
        ("invite a user", "en", "Invite a user"),
        ("issue an invoice", "en", "Issue an invoice"),
        ("how do I turn on 2fa", "en", "Turn it on"),
        ("Wie schalte ich die Zwei-Faktor-Authentifizierung ein?", "de", "Turn it on"),
        ("comment activer la double authentification", "fr", "Turn it on"),
        # A word for a thing does not outweigh the verb.
        ("delete the record of a payment", "en", CANCEL_PAYMENT),
    ],
)
def test_who_makes_it_is_told_how(
    semantic_help: Knowledge, question: str, language: str, heading: str
) -> None:
    found = semantic_help.search(question, language=language)
    assert [match.section.heading for match in found.matches][:1] == [heading]
