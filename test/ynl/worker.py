#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""worker.py YNL SPEC: as test/e2e/worker.c, by the kernel's own YNL.

Python takes its time to start, and to read a specification. So this forks off a process for each line SEED OPERATIONS STATE...
of its input, and ends with that. What a process says begins with its number; the first is which SEED it has. Operations are
handle, pin, run, upload, message, receive, list, set, hold, contend, close.
"""
import copy
import errno
import os
import random
import signal
import socket
import sys
import traceback

folder, spec = sys.argv[1:]
sys.path.append(os.path.join(folder, "tools/net/ynl"))

# The folder is known only now.
from lib import Netlink, NlError, YnlFamily  # noqa: E402

# What others do to the states.
EXPECTED = {errno.EBUSY, errno.ENOENT, errno.ECANCELED, errno.EINTR, errno.ETIME}

CBOR_TRUE = b"\xf5"

family = YnlFamily(spec, "")


class Client:
    """A socket of its own, which to the kernel is a session."""

    def __init__(self):
        self.ynl = copy.copy(family)
        self.ynl.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family.nlproto.proto_num)
        for option in Netlink.NETLINK_CAP_ACK, Netlink.NETLINK_EXT_ACK:
            self.ynl.sock.setsockopt(Netlink.SOL_NETLINK, option, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ynl.sock.close()

    def do(self, operation, name, **attributes):
        return self.ynl.do(operation, {"name": name, **attributes})

    def dump(self, operation, name, **attributes):
        return self.ynl.dump(operation, {"name": name, **attributes})

    def run(self, name, code):
        parts = self.dump("dostring", name, code=code.encode())
        return b"".join(part.get("values", b"") for part in parts)


def done(work, *arguments, **attributes):
    """What it gave; None where others are the reason that it gave nothing."""
    try:
        return work(*arguments, **attributes) or True
    except NlError as failure:
        if failure.error in EXPECTED:
            return None
        raise


def handle(client, seed, name):
    """Nobody else works on the state between two chunks, for whom a handle is held."""
    if not done(client.do, "getstate", name, handle=True):
        return
    owned = done(client.run, name, f"owner = 'ynl {seed}' lunatik.send(owner)")
    done(client.run, name, "for i = 1, 20000 do end")
    if owned and done(client.run, name, f"return owner == 'ynl {seed}'") not in (CBOR_TRUE, None):
        raise AssertionError("not exclusive")
    done(client.do, "putstate", name, handle=True)


def pin(client, _, name):
    if done(client.do, "getstate", name):
        while not done(client.do, "putstate", name):
            pass


def run(client, _, name):
    done(client.run, name, "owner = nil lunatik.send('run') for i = 1, 20000 do end print(('x'):rep(5000))")


def upload_in_two(client, name):
    code = b"owner = nil".ljust(80000)
    half = len(code) // 2
    upload = client.do("upload", name, total=len(code), code=code[:half])["upload"]
    client.do("upload", name, upload=upload, offset=half, code=code[half:])
    client.dump("dostring", name, upload=upload)


def upload(_, __, name):
    with Client() as client:
        done(upload_in_two, client, name)


def message(client, _, name):
    done(client.run, name, "owner = nil function receive_callback(data) return #data end")
    done(client.dump, "data", name, data=bytes(20000))


def receive(_, __, name):
    with Client() as client:
        try:
            if done(client.do, "receive", name):
                done(client.dump, "receive", name)
        except AttributeError:
            # Over word of new messages that comes before an answer this YNL stumbles, and the socket is no good any more.
            pass


def listing(client, _, __):
    if not client.ynl.dump("list", {}):
        raise AssertionError("no states")


def change(client, _, name):
    done(client.do, "set", name, maxalloc=2**20 + random.randrange(4096))


def say(*words):
    os.write(1, (" ".join(str(word) for word in (os.getpid(), *words)) + "\n").encode())


def leave():
    """What it has said is in the pipe by then, and so heard before this is."""
    say("over")
    os._exit(0)


def hold(client, _, name):
    client.do("getstate", name, handle=True)
    client.run(name, "held = true")
    say("holds")
    signal.pause()


def code_of(work, *arguments, **attributes):
    try:
        work(*arguments, **attributes)
        return "ok"
    except NlError as failure:
        return errno.errorcode[failure.error]


def contend(client, _, name):
    say("run", code_of(client.run, name, ""))
    say("message", code_of(client.dump, "data", name, data=b""))
    say("handle", code_of(client.do, "getstate", name, handle=True))
    say("pin", code_of(client.do, "getstate", name))
    say("receive", code_of(client.do, "receive", name))
    say("set", code_of(client.do, "set", name, maxalloc=2**20))
    say("close", code_of(client.do, "close", name))
    say("list", code_of(client.ynl.dump, "list", {}))
    leave()


def close(client, _, name):
    say("close", code_of(client.do, "close", name))
    leave()


OPERATIONS = {
    "handle": handle, "pin": pin, "run": run, "upload": upload, "message": message, "receive": receive, "list": listing,
    "set": change, "hold": hold, "contend": contend, "close": close,
}


def work(seed, chosen, *states):
    random.seed(seed)
    operations = [OPERATIONS[name] for name in chosen.split(",")]
    say("has", seed)
    with Client() as client:
        say("at work")
        while True:
            random.choice(operations)(client, seed, random.choice(states))


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if not os.fork():
        try:
            work(*line.split())
        except BaseException:
            os.write(2, f"{os.getpid()} {traceback.format_exc()}\n".encode())
        finally:
            os._exit(1)
