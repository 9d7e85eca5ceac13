"""The sample deployment: a real OpenClaw gateway that needs no account and no key.

`gateway` writes its configuration and runs it, `model_server` plays the model provider with fixed
rules, `chat_network` plays the chat network, `tools/` is an OpenClaw plugin with the tools of a
small company. Three agents (lead, support, document) each have a bot of their own.
Everything listens on loopback and lives in one folder given by the caller.
"""
