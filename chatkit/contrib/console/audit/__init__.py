"""The audit: who read or exported whose conversation, and who changed what, in one log.

What is in it is only ever added. It holds no words of conversations.
"""
