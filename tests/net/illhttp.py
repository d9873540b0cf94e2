"""An HTTP server on port 6970 that means harm, in one way that its argument names."""
import socket
import sys
import threading
import time

OK = b"HTTP/1.1 200 OK\r\n"


def head(out, path):
    out.sendall(OK)
    while True:
        out.sendall(b"X-Padding: " + b"y" * 100 + b"\r\n")


def body(out, path):
    out.sendall(OK + b"\r\n" if path.endswith(b".sbn") else b"HTTP/1.1 503 Busy\r\n\r\n")
    while path.endswith(b".sbn"):
        out.sendall(bytes(65536))


def length(out, path):
    out.sendall(OK + b"Content-Length: 5000\r\n\r\n<device>")


def slow(out, path):
    out.sendall(OK + b"\r\n")
    while True:
        out.sendall(b" ")
        time.sleep(0.05)


def silent(out, path):
    out.recv(1)


WAYS = {"head": head, "body": body, "length": length, "slow": slow, "silent": silent}


def serve(out):
    try:
        path = out.recv(4096).split(b" ")[1]
        WAYS[sys.argv[1]](out, path)
    except OSError:
        pass
    out.close()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 6970))
listener.listen(64)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
