"""Budgets: how much may be asked of the assistant in a day or a month, and by whom.

What is used is counted in a row of its own for each budget and period (`Spent`): with one more
message when a question is let in, with the tokens and the cost of its answer at the end. So a
question costs one query where no budget concerns it, and one update more where some do.

Messages are exact, however many are sent at once. Tokens and money are only known at the end of
an answer, so what is let in before may overshoot, each question by its own answer.
"""
