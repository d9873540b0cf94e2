#!/usr/bin/env python3
"""A TFTP server of odd manners, for the tests: the second hand against which the phones' client is
held. Written from RFC 1350 alone; python3's own library and nothing else.

    oddserver.py ADDRESS ROOT [RULES]

Serves the files of ROOT on port 69 of ADDRESS, blocks of 512 bytes, without options. RULES is a
JSON list; the first that fits a request decides, and has come to its end after "times" of them:

    {"file": "*.tlv",        shell pattern; default all
     "client": "10.0.0.1",   the address that asks; default any
     "times": 3,             default for ever
     "stick": true,          from then on only to who asked first
     "do": "error",          to the request, or from "block" on in place of DATA: "code", "text"
           "silent"          likewise: nothing
           "oack"            acknowledges options that nobody asked for
           "large"           blocks of 1,024 bytes
           "garbage"         what is no TFTP
           "serve",          the file
     "wrap": 1}              what follows block 65535; default 0

Tells on standard output, a line each: what was asked for, sent whole, ended otherwise, and what
ERRORs came from clients.
"""
import fnmatch
import json
import os
import select
import socket
import struct
import sys
import time

REPEAT = 1.0  # s until a block is sent again

ADDRESS, ROOT = sys.argv[1], sys.argv[2]
RULES = json.loads(sys.argv[3]) if len(sys.argv) > 3 else []
transfers = {}  # by socket


def tell(*words):
    print(*words, flush=True)


def error(rule):
    return struct.pack("!HH", 5, rule.get("code", 0)) + rule.get("text", "").encode("latin-1") + b"\0"


def rule_for(name, client):
    for rule in RULES:
        if rule.get("times", 1) <= 0 or rule.get("client", client) != client:
            continue
        if fnmatch.fnmatchcase(name, rule.get("file", "*")):
            if rule.get("stick"):
                rule["client"] = client
            if "times" in rule:
                rule["times"] -= 1
            return rule
    return {}


class Transfer:
    def __init__(self, name, peer):
        self.name, self.peer, self.rule = name, peer, {"do": "serve", **rule_for(name, peer[0])}
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((ADDRESS, 0))
        self.count, self.number = 1, 1
        path = os.path.join(ROOT, name)
        self.data = open(path, "rb").read() if os.path.isfile(path) else None
        self.size = 1024 if self.rule["do"] == "large" else 512
        tell("asked", name, *peer)

    def packet(self):
        """What goes out for the block that is due; None: nothing."""
        does, at = self.rule["do"], self.rule.get("block", 1)
        if does in ("error", "silent") and self.count >= at:
            return error(self.rule) if does == "error" else None
        if does == "oack":
            return b"\0\6blksize\0" + b"1428\0"
        if does == "garbage":
            return b"\xffgarbage"
        if self.data is None:
            return error({"code": 1, "text": "no such file"})
        at = (self.count - 1) * self.size
        return struct.pack("!HH", 3, self.number) + self.data[at:at + self.size]

    def send(self):
        """False: the transfer is over for us."""
        packet = self.packet()
        self.sent_at = time.monotonic()
        if packet is None:
            tell("silent", self.name, self.peer[0])
            return False
        self.sock.sendto(packet, self.peer)
        if packet[:2] == b"\0\5":
            tell("refused", self.name, self.peer[0], struct.unpack("!H", packet[2:4])[0])
        return packet[:2] != b"\0\5"

    def heard(self, packet, peer):
        if peer != self.peer or len(packet) < 4:
            return True
        opcode, number = struct.unpack("!HH", packet[:4])
        if opcode == 5:
            tell("heard-error", number, self.name, peer[0])
            return False
        if opcode != 4 or number != self.number:
            return True
        if len(self.data or b"") < self.count * self.size:
            tell("sent", self.name, peer[0], len(self.data))
            return False
        self.count += 1
        self.number = self.number + 1 if self.number < 65535 else self.rule.get("wrap", 0)
        return self.send()

    def go_on(self, alive):
        if not alive:
            transfers.pop(self.sock, None)
            self.sock.close()


def request(sock):
    packet, peer = sock.recvfrom(2048)
    if packet[:2] != b"\0\1" or b"\0" not in packet[2:]:
        return
    name = packet[2:].split(b"\0")[0].decode("latin-1")
    t = Transfer(name, peer)
    transfers[t.sock] = t
    t.go_on(t.send())


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((ADDRESS, 69))
    tell("ready")
    while True:
        ready = select.select([sock, *transfers], [], [], REPEAT / 4)[0]
        for s in ready:
            if s is sock:
                request(sock)
            elif s in transfers:
                t = transfers[s]
                t.go_on(t.heard(*s.recvfrom(2048)))
        for t in [t for t in transfers.values() if time.monotonic() > t.sent_at + REPEAT]:
            t.go_on(t.send())


main()
