"""Formats that Django's Arabic locale lacks, so that the American ones would be used."""

DATETIME_FORMAT = "j F Y، g:i A"
SHORT_DATE_FORMAT = "j/n/Y"
SHORT_DATETIME_FORMAT = "j/n/Y g:i A"
FIRST_DAY_OF_WEEK = 6  # Saturday
NUMBER_GROUPING = 3
