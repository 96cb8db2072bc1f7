#!/usr/bin/python3
"""Compares what tshark reads in the captures of a run with the harness's own
decoding: dissect.py RESULTS.json FOLDER

Two codecs that know nothing of each other have to agree on every packet: its
type, packet identifiers, topics and filters.
"""
import json
import os
import re
import subprocess
import sys

TYPES = ["", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL",
         "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK",
         "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"]
WORD = re.compile(r"(?:^| \+ )(" + "|".join(TYPES[1:]) + r")\b")


def tshark(path, *arguments):
    done = subprocess.run(["tshark", "-r", path, *arguments], check=True,
                          capture_output=True, text=True)
    return done.stdout.splitlines()


def field_lists(path, layer, port, names):
    """All values of each field, in the order of the packets."""
    arguments = ["-d", f"{layer}.port=={port},mqtt", "-Y", "mqtt",
                 "-T", "fields", "-E", "separator=|", "-E", "aggregator=\x01"]
    for name in names:
        arguments += ["-e", name]
    lists = {name: [] for name in names}
    for line in tshark(path, *arguments):
        for name, values in zip(names, line.split("|")):
            lists[name] += [v for v in values.split("\x01") if v != ""]
    return lists


def port_of(path):
    return tshark(path, "-T", "fields", "-e", "tcp.dstport")[0]


def check_frames(path):
    """No wrong checksum, no hole in the sequence numbers."""
    wrong = tshark(path, "-o", "tcp.check_checksum:TRUE",
                   "-o", "ip.check_checksum:TRUE", "-Y",
                   "tcp.checksum.status==0 || ip.checksum.status==0 || "
                   "tcp.analysis.lost_segment || tcp.analysis.retransmission")
    assert not wrong, (path, wrong)


def decoded(play):
    """What the harness says it sent and received."""
    lists = {"type": [], "id": [], "topic": []}
    for said in play["conversation"]:
        if said["kind"] not in ("sent", "received"):
            continue
        text = re.sub(r'payload="[^"]*"', "", said["text"])
        lists["type"] += WORD.findall(text)
        lists["id"] += re.findall(r"packet_id=(\d+)", text)
        lists["topic"] += re.findall(
            r'(?<![_a-z.])(?:topic|filter)="([^"]*)"', text)
    return lists


def compare(variant, folder):
    name = re.sub(r"[^A-Za-z0-9@+\-_.=,\[\]]", "_", variant["id"])
    path = os.path.join(folder, name + ".pcapng")
    layer = "tls" if variant["transport"] == "tls" else "tcp"
    check_frames(path)
    seen = field_lists(path, layer, port_of(path),
                       ["mqtt.msgtype", "mqtt.msgid", "mqtt.topic"])
    ours = decoded(variant["play"])
    types = [TYPES[int(number)] for number in seen["mqtt.msgtype"]]
    assert types == ours["type"], (variant["id"], types, ours["type"])
    assert seen["mqtt.msgid"] == ours["id"], (variant["id"], seen, ours)
    assert seen["mqtt.topic"] == ours["topic"], (variant["id"], seen, ours)
    return len(types)


def main(results, folder):
    with open(results, encoding="utf-8") as file:
        variants = json.load(file)["variants"]
    packets = {}
    for variant in variants:
        if variant["transport"] not in ("tcp", "tls") or not variant["play"]:
            continue
        transport = variant["transport"]
        packets[transport] = packets.get(transport, 0) + compare(
            variant, folder)
    for transport, count in sorted(packets.items()):
        print(transport, count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
