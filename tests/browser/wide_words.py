"""Words that no line has room for, wherever a site keeps a text."""

from __future__ import annotations

#: Each is one cluster, or a run that a browser likes to keep in one piece.
WORDS = {
    "an emoji of many": "\U0001f468\u200d" * 10_000,
    "marks on one letter": "Z" + "\u0300\u0315\u034f\u0489" * 2_000,
    "letters under one another": "\u0f40" + "\u0f90" * 2_000,
    "wide brackets": "\uff3b\uff08\u300c" * 3_000,
    "spaces that hold together": "a\u00a0b\u2060" * 3_000,
    "a word of code": "`" + "W" * 3_000 + "`",
}


def fill() -> None:
    """Each as a question, an answer, a title, a person's name, a label, the name of a file, an
    argument, an error, a comment and an article. The last question, and the answer and the article
    of each, hold all of them: whoever looks at the first and the last has seen each."""
    from django.contrib.auth import get_user_model

    from chatkit.contrib.articles.models import Article, ArticleText, Phrasing
    from chatkit.contrib.console.models import (
        Evaluation,
        EvaluationQuestion,
        EvaluationSet,
        Review,
    )
    from chatkit.models import Attachment, Feedback, Session, StarterPrompt, ToolCall

    from ..contrib.console.traffic import asked

    ada = get_user_model().objects.get(username="ada")
    evaluations = EvaluationSet.objects.create(name=WORDS["wide brackets"][:100])
    Evaluation.objects.create(evaluation_set=evaluations, number=1, status="done")
    for number, text in enumerate(WORDS.values()):
        all_of_them = "\n\n".join([text, *(word for word in WORDS.values() if word != text)])
        question = all_of_them if number == len(WORDS) - 1 else text
        run = asked(
            ada, question, all_of_them, outcome="not_found", error=text[:200], down=True,
            workflow_id="wf_wide", model=text[:100],
        )  # fmt: skip
        common = {"user": ada, "thread": run.thread}
        Feedback.objects.filter(thread=run.thread).update(comment=text[:1000])
        Review.objects.create(run=run, source="down")
        ToolCall.objects.create(
            **common, run=run, tool=text[:60], status="failed",
            arguments={"a": text, text[:40]: 1}, outcome=text[:200],
        )  # fmt: skip
        Attachment.objects.create(
            **common, workflow_id="wf_wide", name=text[:200], mime_type=text[:100]
        )
        Session.objects.create(
            user=ada, workflow_id="wf_wide", session_id=f"sess_{number}", issuer="openai",
            user_label=text[:128], device_label=text[:128], error_cause=text[:200], status="failed",
        )  # fmt: skip
        StarterPrompt.objects.create(label=text[:80], prompt=text[:2000])
        EvaluationQuestion.objects.create(
            evaluation_set=evaluations, key=f"k{number}", question=text[:500]
        )
        article = Article.objects.create(slug=f"wide-{number}")
        ArticleText.objects.create(
            article=article, language="en", title=text[:200], body=all_of_them, keywords=text[:200]
        )
        Phrasing.objects.create(text=text[:500], language="en", slug=f"wide-{number}", key=number)
        get_user_model().objects.create_user(f"{text[:100]}{number}", first_name=text[:100])
