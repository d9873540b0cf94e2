#!/usr/bin/env python3
"""One phone by itself, which asks for its address: the launcher's part, without launcher.

    dhcpphone.py FLEET-PHONE NAME INTERFACE SPEED DIRECTORY

In the phone's namespace. Binds the sockets that only root can, gives the interface the address that
the phone asks for, and ends the phone with its own end (SIGTERM, or its standard input's end). The
log goes to standard output, events, page and flash into the directory.
"""
import os
import select
import socket
import struct
import subprocess
import sys

START, STOP, STORED, ADDRESSED = 1, 2, 5, 6  # enum control_op
STORE, ADDRESS = 1, 2  # enum request_op

program, name, interface, speed, directory = sys.argv[1:]


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def dhcp_socket():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind(("0.0.0.0", 68))
    return sock


def arp_socket():
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
    sock.bind((interface, 0x0806))
    return sock


def take_address(request):
    address, router, prefix = request[4:8], request[8:12], request[12]
    ip("address", "flush", "dev", interface)
    if any(address):
        ip("address", "add", f"{socket.inet_ntoa(address)}/{prefix}", "dev", interface)
    if any(router):
        ip("route", "replace", "default", "via", socket.inet_ntoa(router))


def main():
    mac = ":".join(name[at : at + 2] for at in range(3, 15, 2))
    ip("link", "set", interface, "address", mac, "up")
    for part in ("flash", ".store"):
        os.makedirs(f"{directory}/{part}", exist_ok=True)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    events = open(f"{directory}/events", "a", encoding="ascii")
    page = open(f"{directory}/page", "w+", encoding="ascii")
    flash = os.open(f"{directory}/flash", os.O_RDONLY)
    store = os.open(f"{directory}/.store", os.O_RDONLY)
    handed = {"dhcp-fd": dhcp_socket(), "arp-fd": arp_socket(), "control-fd": theirs,
              "events-fd": events, "page-fd": page, "flash-fd": flash, "store-fd": store,
              "log-fd": sys.stdout}
    numbers = {key: fd if isinstance(fd, int) else fd.fileno() for key, fd in handed.items()}
    words = {"name": name, "model": "CP-7961G", "address": "dhcp", "speed": speed,
             "running": "SCCP41.9-4-2SR1-1S", "authentication": "structure", **numbers}
    phone = subprocess.Popen([program] + [f"--{key}={value}" for key, value in words.items()],
                             pass_fds=list(numbers.values()))
    theirs.close()
    ours.send(struct.pack("I", START))
    while phone.poll() is None:
        ready, _, _ = select.select([ours, sys.stdin], [], [])
        if sys.stdin in ready:
            ours.send(struct.pack("I", STOP))
            break
        request = ours.recv(4096)
        if not request:
            break
        if struct.unpack("I", request[:4])[0] == ADDRESS:
            take_address(request)
            ours.send(struct.pack("I", ADDRESSED))
        else:
            ours.send(struct.pack("I", STORED))
    return phone.wait()


sys.exit(main())
