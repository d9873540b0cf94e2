#!/usr/bin/python3
"""Phones and their switch, by scapy: takes frames of a capture apart, or plays the switch.

discovery.py frames CAPTURE EVENTS      each frame of a phone has all of its fields, with right values
discovery.py reply INTERFACE VLAN TTL   sends a CDP frame of a switch that names a VLAN for voice
"""
import json
import re
import sys

from scapy.all import Ether, Dot3, LLC, SNAP, rdpcap, sendp
from scapy.contrib.cdp import (CDPMsgDeviceID, CDPMsgNativeVLAN, CDPMsgVoIPVLANReply, CDPv2_HDR)
import scapy.contrib.lldp as lldp

CDP = {
    0x0001: lambda m, p: m.val.decode() == p["name"],
    0x0002: lambda m, p: [a.addr for a in m.addr] == [p["ip"]],
    0x0003: lambda m, p: m.iface == b"Port 1",
    0x0004: lambda m, p: m.cap == 0x490,
    0x0005: lambda m, p: m.val.decode() == p["load"],
    0x0006: lambda m, p: re.fullmatch(rb"Cisco IP Phone 79[67][01]", m.val),
    0x000b: lambda m, p: m.duplex == 1,
    0x000f: lambda m, p: bytes(m)[4:] == b"\x20\x02\x00\x01",
    0x0010: lambda m, p: m.power in (6300, 12000),
    0x0019: lambda m, p: len(bytes(m)) == 12,
}


def check_cdp(frame, phones):
    header = frame[CDPv2_HDR]
    assert (header.vers, header.ttl) == (2, 180)
    sent = header.cksum
    again = header.copy()
    again.cksum = None  # computed by scapy
    assert CDPv2_HDR(bytes(again)).cksum == sent, (hex(sent), frame)
    phone = phones["SEP" + frame.src.replace(":", "").upper()]
    assert [m.type for m in header.msg] == sorted(CDP), header.msg
    for message in header.msg:
        assert CDP[message.type](message, phone), message.show(dump=True)


def check_lldp(frame, phones):
    phone = phones["SEP" + frame.src.replace(":", "").upper()]
    assert frame[lldp.LLDPDUChassisID].id == phone["ip"]
    assert frame[lldp.LLDPDUPortID].id.decode() == phone["name"][3:] + ":P1"
    assert frame[lldp.LLDPDUTimeToLive].ttl == 180
    assert frame[lldp.LLDPDUSystemName].system_name.decode() == phone["name"]
    assert phone["load"] in frame[lldp.LLDPDUSystemDescription].description.decode()
    capabilities = frame[lldp.LLDPDUSystemCapabilities]
    assert capabilities.telephone_available and capabilities.telephone_enabled
    assert frame.haslayer(lldp.LLDPDUEndOfLLDPDU)


def frames(capture, events):
    phones = {}
    for line in open(events, encoding="ascii"):
        event = json.loads(line)
        if event["event"] == "boot":
            name = event["phone"]
            ip = ".".join(str(int(name[i:i + 2], 16)) for i in range(7, 15, 2))
            phones[name] = {"name": name, "load": event["load"], "ip": ip}
    seen = {"cdp": 0, "lldp": 0}
    for frame in rdpcap(capture):
        if frame.haslayer(CDPv2_HDR):
            check_cdp(frame, phones)
            seen["cdp"] += 1
        else:
            check_lldp(frame, phones)
            seen["lldp"] += 1
    print(seen)
    assert min(seen.values()) >= 20


def reply(interface, vlan, ttl):
    frame = (Dot3(src="00:0d:bc:00:00:01", dst="01:00:0c:cc:cc:cc") / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) /
             SNAP(OUI=0xc, code=0x2000) /
             CDPv2_HDR(vers=2, ttl=int(ttl), msg=[CDPMsgDeviceID(val="Sweety"), CDPMsgNativeVLAN(vlan=1),
                                                 CDPMsgVoIPVLANReply(vlan=int(vlan))]))
    sendp(frame, iface=interface, verbose=False)


if __name__ == "__main__":
    {"frames": frames, "reply": reply}[sys.argv[1]](*sys.argv[2:])
