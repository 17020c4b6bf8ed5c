"""Django's Simplified Chinese groups digits by four, with nothing between; readers know threes."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
