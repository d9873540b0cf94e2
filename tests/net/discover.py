#!/usr/bin/env python3
"""discover.py CAPTURE: rebuilds each DISCOVER of a capture by scapy, field by field, as a CP-7911G
sends them (a public dump: github.com/flan/staticdhcpd, issue 28); fails where one differs.

Order and values of the options, the vendor class with its NUL, 548 bytes, the broadcast flag.
"""
import sys

from scapy.all import BOOTP, DHCP, Ether, IP, UDP, raw, rdpcap


def rebuilt(seen, mac):
    """What a phone of that MAC sends; xid and secs are its own."""
    name = b"SEP" + mac.hex().upper().encode()
    bootp = BOOTP(op=1, htype=1, hlen=6, hops=0, xid=seen.xid, secs=seen.secs, flags="B",
                  chaddr=mac + bytes(10))
    options = DHCP(options=[("message-type", 1), ("client_id", b"\x01" + mac), ("hostname", name),
                            ("vendor_class_id", b"Cisco Systems, Inc. IP Phone CP-7961G\x00"),
                            ("param_req_list", [1, 66, 6, 3, 15, 150, 35]), "end"])
    return raw(bootp / options).ljust(548, b"\x00")


count = 0
for frame in rdpcap(sys.argv[1]):
    if not frame.haslayer(BOOTP) or frame[UDP].sport != 68 or ("message-type", 1) not in frame[DHCP].options:
        continue
    count += 1
    mac = bytes.fromhex(frame[Ether].src.replace(":", ""))
    assert frame[Ether].dst == "ff:ff:ff:ff:ff:ff", frame.summary()
    assert (frame[IP].src, frame[IP].dst, frame[UDP].dport) == ("0.0.0.0", "255.255.255.255", 67)
    sent = raw(frame[UDP].payload)[:frame[UDP].len - 8]
    want = rebuilt(frame[BOOTP], mac)
    at = next((i for i in range(max(len(sent), len(want))) if sent[i:i + 1] != want[i:i + 1]), None)
    assert at is None, "byte %d of %d differs: %s, not %s" % (at, len(sent), sent[at:at + 8], want[at:at + 8])
assert count > 0, "there is no DISCOVER"
print("%d DISCOVERs, each as rebuilt" % count)
