"""ChatKit for Django.

OpenAI's SDK (the distribution `openai-chatkit`) also imports as `chatkit`, and its own
`__init__` is empty. `extend_path` joins both folders into one package, so that
`chatkit.models` is ours and `chatkit.server` is the SDK's. Nothing else may stand here:
whichever of the two wheels is installed last writes this file.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
