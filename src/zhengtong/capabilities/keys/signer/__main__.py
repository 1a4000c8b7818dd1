"""``zhengtong signer`` ends up here: one process, in the foreground, until it is told to stop."""

from zhengtong.capabilities.keys.signer.server import main

main()
