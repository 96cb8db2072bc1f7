#!/usr/bin/python3
"""Plays cases with known secrets and looks for them in every report:
secrets.py MQTTSPEC REFBROKER FOLDER.

The cases go wrong on purpose, so that everything is shown that can be. What
is found is printed, and the exit status is 1. That the search finds anything
at all is seen in the captures, which hold the password on purpose.
"""
import base64
import json
import os
import subprocess
import sys

PASSWORD = "Zebra-crossing-4711"
WRONG = "Yak-grazing-0815"
CHALLENGE = "Xenon-lamp-3141"  # authentication data that the client sends first
RESPONSE = "Walrus-song-2718"
LITERAL = "Vortex-tube-1618"  # written in a case
RAW = "Umbrella-pin-1414"     # within raw bytes
LONG = "Tapir-snout-1732" * 20
HEADER = "Sloth-nap-2236"
URL = "Raven-feather-2645"
QUERY = "Quail-egg-1123"
SECRETS = [PASSWORD, WRONG, CHALLENGE, RESPONSE, LITERAL, RAW, LONG[:64],
           HEADER, URL, QUERY]

PROFILE = """
name: keeper of secrets
command: [{refbroker}, --user, "keeper:{password}",
  --listen, "mqtt://$host:$port.mqtt", --listen, "ws://$host:$port.ws/mqtt",
  --login-listen, "mqtt://$host:$port.login",
  --login-listen, "ws://$host:$port.login_ws/mqtt"]
endpoints:
  default: {{tcp: "mqtt://$host:$port.mqtt",
    ws: "ws://$host:$port.ws/mqtt?token={query}"}}
  login: {{tcp: "mqtt://$host:$port.login",
    ws: "ws://$host:$port.login_ws/mqtt"}}
accounts:
  default: {{user_name: keeper, password: {password}}}
  login: {{user_name: keeper, password: "{password}"}}
  wrong: {{user_name: keeper, password: '{wrong}'}}
auth_method: CHALLENGE
values:
  auth_start: {challenge}
  auth_reply: "{response}"
capabilities: [login, enhanced_auth]
versions: [5.0]
{end}
"""

CASES = """
area: secrets
defaults: {{versions: [5.0], transports: [tcp, ws], statements: {{5.0: [MQTT-3.1.4-5]}}}}
cases:
- id: secrets/account
  title: A password of the profile
  clients: {{client: {{endpoint: login, account: login}}}}
  steps:
  - {{send: connect, ack: true}}
  - {{expect: publish}}
- id: secrets/wrong
  title: A password that is refused
  clients: {{client: {{endpoint: login, account: wrong}}}}
  steps:
  - {{send: connect}}
  - {{expect: connack, reason_code: 0}}
- id: secrets/pieces
  title: A password byte by byte
  steps:
  - {{send: connect, split: each, as: segments, user_name: u, password: {literal}, ack: true}}
  - {{expect: publish}}
- id: secrets/cut
  title: A password in damaged packets
  each:
    size: [45, 50, 55]
  steps:
  - {{send: connect, client_id: a, user_name: u, password: "{literal}", truncate: $size}}
  - {{expect: rejected, reason_code: 0x99}}
- id: secrets/unflagged
  title: A password that its flag denies
  steps:
  - {{send: connect, user_name: u, password: '{literal}', password_flag: 0}}
  - {{expect: rejected, reason_code: 0x99}}
- id: secrets/inserted
  title: A password behind a byte too many, and with one within
  each: {{at: [2, 40, 52]}}
  steps:
  - {{send: connect, client_id: b, user_name: u, password: {{text: {literal}}}, insert: {{at: $at, hex: 00}}}}
  - {{expect: rejected, reason_code: 0x99}}
- id: secrets/long
  title: A password that no line holds
  steps:
  - {{send: connect, user_name: u, password: {long}, ack: true}}
  - {{expect: publish}}
- id: secrets/huge
  title: A password as long as can be
  steps:
  - {{send: connect, user_name: u, password: {{repeat: "{literal}", times: 4000}}, ack: true}}
  - {{expect: publish}}
- id: secrets/raw
  title: A password in raw bytes
  steps:
  - {{send: bytes, data: [{{u8: 0x10}}, {{len: varint, of: [{{str: MQTT}}, {{u8: 5}}, {{u8: 0xc2}}, {{u16: 60}}, {{u8: 0}}, {{str: c}}, {{str: u}}, {{str: {raw}}}]}}]}}
  - {{expect: publish}}
- id: secrets/echoed
  title: What the broker sends back
  steps:
  - {{send: connect, user_name: u, password: {literal}, ack: true}}
  - {{send: subscribe, filter: $topic, ack: true}}
  - {{send: publish, payload: {literal}}}
  - {{expect: publish, payload: other}}
- id: secrets/exchange
  title: Authentication data of both sides
  steps:
  - {{send: connect, authentication_method: $auth.method, authentication_data: {{auth: start}}}}
  - {{expect: auth, reason_code: 0x18, authentication_data: {{text: {literal}}}}}
- id: secrets/answer
  title: Authentication data that the broker repeats
  steps:
  - {{send: connect, authentication_method: $auth.method, authentication_data: {{auth: start}}}}
  - {{expect: auth, reason_code: 0x18}}
  - {{send: auth, reason_code: 0x18, authentication_method: $auth.method, authentication_data: {{auth: reply}}}}
  - {{expect: connack, authentication_data: {{auth: reply}}}}
"""


def spellings(secret):
    """How a secret may stand in a text, lower case apart."""
    data = secret.encode()
    digits = data.hex()
    yield secret.lower()
    for between in ("", " ", ":", ", ", "\\x", "%"):
        yield between.join(digits[i:i + 2] for i in range(0, len(digits), 2))
    for lead in range(3):
        # At whatever place it begins, these digits stay the same.
        text = base64.b64encode(b"\0" * lead + data).decode()
        yield text[(0, 2, 3)[lead]:len(text) - 4].lower()


# What a case says outside of a password's key is its author's to show.
SAID = ("payload: " + LITERAL, "{str: " + RAW + "}")


def leaks(name, text):
    for said in SAID:
        text = text.replace(said, "")
    text = text.lower()
    plain = " ".join(text.split())  # hex goes over several lines
    return [f"{name}: {secret} as {spelling}"
            for secret in SECRETS for spelling in spellings(secret)
            if spelling in text or spelling in plain]


def run(arguments, folder, more=None):
    environment = dict(os.environ, GITHUB_ACTIONS="true",
                       GITHUB_STEP_SUMMARY=folder + "/step.md", **(more or {}))
    return subprocess.run(arguments, env=environment, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          check=False)


def write(path, text, end=""):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.format(
            refbroker=sys.argv[2], password=PASSWORD, wrong=WRONG, query=QUERY,
            challenge=CHALLENGE, response=RESPONSE, literal=LITERAL, raw=RAW,
            long=LONG, end=end))
    return path


def search(folder, printed):
    found = []
    for name, text in printed.items():
        found += leaks(name, text)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml") or not os.path.isfile(folder + "/" + name):
            continue
        with open(folder + "/" + name, encoding="utf-8") as file:
            found += leaks(name, file.read())
    return found


def readable(folder):
    """Whether what is no secret is still to be read beside the longest."""
    with open(folder + "/results.json", encoding="utf-8") as file:
        variants = json.load(file)["variants"]
    texts = [said["text"] for one in variants if one["case"] == "secrets/huge"
             for said in one["play"]["conversation"]]
    return (any(text.startswith("CONNECT ") and "password=***" in text
                for text in texts) and
            any(text.startswith("CONNACK ") for text in texts))


def captured(folder):
    """Whether the search would find a password."""
    for name in os.listdir(folder):
        with open(folder + "/" + name, "rb") as file:
            if PASSWORD.encode() in file.read():
                return True
    return False


def main():
    binary, _, folder = sys.argv[1:]
    profile = write(folder + "/profile.yaml", PROFILE)
    cases = write(folder + "/cases.yaml", CASES)
    out = folder + "/"
    printed = {}
    for level in ("--verbose", "--quiet", None):
        end = run([binary, "run", profile, "--cases", cases, "--keep-all",
                   "--patience", "0.01", "--junit", out + "junit.xml",
                   "--json", out + "results.json", "--html", out + "page.html",
                   "--markdown", out + "summary.md", "--tap", out + "all.tap",
                   "--badge", out + "badge.json", "--pcap", out + "captures",
                   "--header", "Authorization: Bearer " + HEADER] +
                  ([level] if level else []), folder)
        printed[f"run {level} out"] = end.stdout
        printed[f"run {level} err"] = end.stderr
        if end.returncode != 1 or "::error" not in end.stdout:
            print("status", end.returncode, end.stdout[-3000:], end.stderr)
            return 1
    # The password in a URL, of a broker that is not there.
    end = run([binary, "run", f"mqtt://keeper:{URL}@127.0.0.1:1",
               "--cases", cases, "--junit", out + "url.xml",
               "--json", out + "url.json"], folder)
    printed["url out"], printed["url err"] = end.stdout, end.stderr
    # A token in its query.
    end = run([binary, "run", f"ws://127.0.0.1:1/mqtt?token={QUERY}",
               "--cases", cases, "--junit", out + "query.xml",
               "--json", out + "query.json", "--html", out + "query.html"],
              folder)
    printed["query"] = end.stdout + end.stderr
    # A profile that is wrong where its secrets stand.
    for what in ("accounts: {{x: {{password: [{password}]}}}}",
                 "values: {{auth_start: {{x: {challenge}}}}}"):
        bad = write(folder + "/bad.yaml", "name: x\nendpoints: {{default: "
                    "{{tcp: 'mqtt://127.0.0.1:1'}}}}\n" + what + "\n")
        end = run([binary, "run", bad, "--cases", cases], folder)
        printed[what + " err"] = end.stdout + end.stderr
        if end.returncode != 2:
            print("status", end.returncode, end.stdout, end.stderr)
            return 1
    found = search(folder, printed)
    for line in found:
        print(line)
    print("readable", readable(folder))
    print("captured", captured(folder + "/captures"))
    print("leaks", len(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
