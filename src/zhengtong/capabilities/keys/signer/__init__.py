"""The signer: the one process that holds the keys that sign, seal, certify and open other keys.

Nothing here imports Django or the platform's rows: what it knows it keeps in its own folder, and what reaches it comes
over its socket (``core/crypto/signer.py`` says how).
"""
