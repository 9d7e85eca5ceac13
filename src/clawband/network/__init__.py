"""What a connection may be: hosts, addresses, URLs, HTTP heads and the first bytes of TLS.

Pure: bytes and text in, values out. Whatever two programs could read differently is refused.
"""
