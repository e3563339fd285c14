#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""client.py YNL SPEC: a client of the family in SPEC by the kernel's own YNL, which is in the folder YNL.

Obeys one order in JSON a line, and answers it with a line. Each names a socket, from 0, opened when it is first named.
  {"socket": 0, "do": OPERATION, "attributes": {...}}   {"reply": {...} or null}, or {"errno": 22, "extack": {...}}
  {"socket": 0, "dump": OPERATION, "attributes": {...}} {"reply": [...]}, or the same
  {"socket": 0, "subscribe": GROUP}                     {}; the first order to its socket, which YNL binds for it
  {"socket": 0, "hear": SECONDS}                        {"heard": [...]}, as soon as there is any
  {"socket": 0, "operations": true}                     {"operations": {OPERATION: ["do", "dump", "event"], ...}}
Bytes are in hexadecimal, and numbers beyond 2^53, which JavaScript has not, as text. The specification has to pass its schema, and no reply may have attributes that it does not list.
"""
import json
import os
import select
import sys

folder, spec = sys.argv[1:]
sys.path.append(os.path.join(folder, "tools/net/ynl"))

# The folder is known only now.
from lib import NlError, YnlFamily  # noqa: E402

SCHEMA = os.path.join(folder, "Documentation/netlink/genetlink-legacy.yaml")
families = {}


def family(order):
    number = order.get("socket", 0)
    if number not in families:
        # To check it once is enough.
        families[number] = YnlFamily(spec, "" if families else SCHEMA)
    return families[number]


def check_listed(operation, mode, messages):
    listed = set(operation.yaml[mode].get("reply", {}).get("attributes", []))
    for message in messages:
        unlisted = set(message) - listed
        if unlisted:
            raise AssertionError(f"{operation.name}, {mode}: not in the specification's reply: {unlisted}")


def ask(ynl, mode, name, attributes):
    try:
        reply = getattr(ynl, mode)(name, attributes)
    except NlError as failure:
        return {"errno": failure.error, "extack": failure.nl_msg.extack}
    check_listed(ynl.ops[name], mode, reply if isinstance(reply, list) else [reply or {}])
    return {"reply": reply}


def hear(ynl, seconds):
    if not ynl.async_msg_queue:
        select.select([ynl.sock], [], [], seconds)
        ynl.check_ntf()
    heard, ynl.async_msg_queue = ynl.async_msg_queue, []
    return {"heard": heard}


def operations(ynl):
    return {"operations": {name: sorted(message.modes) for name, message in ynl.msgs.items()}}


def exact(value):
    if isinstance(value, dict):
        return {key: exact(part) for key, part in value.items()}
    if isinstance(value, list):
        return [exact(part) for part in value]
    return str(value) if isinstance(value, int) and value >> 53 else value


def obey(order):
    ynl = family(order)
    for mode in ("do", "dump"):
        if mode in order:
            return ask(ynl, mode, order[mode], order.get("attributes", {}))
    if "subscribe" in order:
        ynl.ntf_subscribe(order["subscribe"])
        return {}
    if "hear" in order:
        return hear(ynl, order["hear"])
    return operations(ynl)


for line in sys.stdin:
    print(json.dumps(exact(obey(json.loads(line))), default=bytes.hex), flush=True)
