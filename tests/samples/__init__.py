"""What OpenAI's four advanced samples do, written anew as a user of the SDK does, on our store.

Each module is one server: its import of `ChatKitServer` is the line that moved it here. The tests
drive it by the protocol and by the element, with a model that says what they have written down.
"""
