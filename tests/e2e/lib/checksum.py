# SPDX-License-Identifier: BSD-2-Clause
"""The checksum of records and states, for tests that edit them."""


def checksum(data: bytes) -> bytes:
    """As twokey-store(5) has it, in hexadecimal."""
    value = 0xCBF29CE484222325
    for at in range(0, len(data) // 8 * 8 + 1, 8):
        value = (value ^ int.from_bytes(data[at : at + 8], "little")) * 0x100000001B3 % 2**64
        value ^= value >> 32
    return b"%016x" % value
