"""Makes what a client sends first, and captures of it: handshakes, requests and questions."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

SERVER = "198.51.100.7"
PAYLOAD = 1400


def client_hello(name: str | None) -> bytes:
    """A ClientHello of TLS 1.3 with this server name, in one record."""
    extensions = struct.pack(">HHB2s", 43, 3, 2, b"\x03\x04")
    if name is not None:
        host = name.encode()
        entry = struct.pack(">BH", 0, len(host)) + host
        listed = struct.pack(">H", len(entry)) + entry
        extensions = struct.pack(">HH", 0, len(listed)) + listed + extensions
    body = b"\x03\x03" + bytes(32) + b"\x00" + struct.pack(">HH", 2, 0x1301) + b"\x01\x00"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + len(body).to_bytes(3) + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def request(host: str | None) -> bytes:
    """A plain request for a host."""
    named = "" if host is None else f"Host: {host}\r\n"
    return f"GET / HTTP/1.{'0' if host is None else '1'}\r\n{named}Accept: */*\r\n\r\n".encode()


def question(host: str) -> bytes:
    """A question for the address of a host."""
    labels = host.removesuffix(".").encode().split(b".")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">6H", 4711, 0x0100, 1, 0, 0, 0) + name + struct.pack(">2H", 1, 1)


@dataclass(frozen=True)
class Flow:
    """What one client sends to one port of a server, over TCP or UDP."""

    source: str
    port: int
    client_port: int
    payload: bytes
    tcp: bool = True
    answer: bytes = b""


def capture(flows: Iterable[Flow]) -> bytes:
    """A pcap of the flows, one after the other."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    frames = [frame for flow in flows for frame in (_tcp(flow) if flow.tcp else _udp(flow))]
    return head + b"".join(
        struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000, len(frame), len(frame))
        + frame
        for number, frame in enumerate(frames)
    )


def _udp(flow: Flow) -> list[bytes]:
    size = 8 + len(flow.payload)
    datagram = struct.pack(">4H", flow.client_port, flow.port, size, 0) + flow.payload
    return [_ip(flow.source, _server(flow.source), 17, datagram)]


def _tcp(flow: Flow) -> list[bytes]:
    """A handshake, what the client says, the server's acknowledgement, and an end by reset."""
    client, server = 1000, 5000
    size, answered = len(flow.payload), len(flow.answer)
    steps: list[tuple[bool, int, int, int, bytes]] = [
        (True, client, 0, 0x02, b""),
        (False, server, client + 1, 0x12, b""),
        (True, client + 1, server + 1, 0x10, b""),
        (True, client + 1, server + 1, 0x18, flow.payload),
        (False, server + 1, client + 1 + size, 0x10, b""),
        *([(False, server + 1, client + 1 + size, 0x18, flow.answer)] if answered else ()),
        *([(True, client + 1 + size, server + 1 + answered, 0x10, b"")] if answered else ()),
        (True, client + 1 + size, server + 1 + answered, 0x14, b""),
    ]
    return [_segment(flow, *step) for step in steps]


def _segment(
    flow: Flow, from_client: bool, sent: int, seen: int, flags: int, payload: bytes
) -> bytes:
    ports = (flow.client_port, flow.port) if from_client else (flow.port, flow.client_port)
    head = struct.pack(">2H2I2B3H", *ports, sent, seen, 5 << 4, flags, 65535, 0, 0)
    ends = (flow.source, _server(flow.source))
    source, destination = ends if from_client else ends[::-1]
    return _ip(source, destination, 6, head + payload)


def _server(source: str) -> str:
    return "2001:db8:ffff::7" if ":" in source else SERVER


def _ip(source: str, destination: str, protocol: int, payload: bytes) -> bytes:
    if ":" in source:
        ends = (socket.inet_pton(socket.AF_INET6, end) for end in (source, destination))
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + b"".join(ends) + payload
    ends = (socket.inet_pton(socket.AF_INET, end) for end in (source, destination))
    size = 20 + len(payload)
    head = struct.pack(">2B3H2BH", 0x45, 0, size, 0, 0, 64, protocol, 0) + b"".join(ends)
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    checksum = 0xFFFF & ~((total & 0xFFFF) + (total >> 16))
    return head[:10] + struct.pack(">H", checksum) + head[12:] + payload
