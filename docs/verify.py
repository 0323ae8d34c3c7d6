#!/usr/bin/env python3
"""Verifies a history (crm history export) or a log (crm events export, with --heads heads.jsonl).

Written from docs/verification.md alone, with Python's standard library and the command line of OpenSSL (3.0 or later):

    python3 verify.py history.json --key seal.pem.pub
    python3 verify.py log.jsonl.gz --key seal.pem.pub --heads heads.jsonl
"""
import argparse, base64, functools, gzip, hashlib, json, re, subprocess, sys, tempfile
from decimal import Decimal

def number(value):
    """As ECMAScript writes a double."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    digits, sign = "".join(map(str, digits)), "-" if value < 0 else ""
    point = len(digits) + exponent
    if 0 < point <= 21:
        return sign + f"{digits[:point]:0<{point}}.{digits[point:]}".rstrip(".")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    mantissa = f"{digits[0]}.{digits[1:]}".rstrip(".")
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"

def string(value):
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)

def canonical(value):
    """RFC 8785."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (int, float)):
        return number(float(value))
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{string(key)}:{canonical(value[key])}" for key in keys) + "}"

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def event_hash(event):
    hashed = {key: event[key] for key in ("id", "type", "stream", "revision", "recordedAt", "data")}
    hashed["metadata"] = {k: v for k, v in event["metadata"].items() if k not in ("hash", "previousHash")}
    if event["metadata"].get("previousHash"):
        hashed["previousHash"] = event["metadata"]["previousHash"]
    return sha256(b"chronicle-event-1\n", canonical(hashed).encode())

def leaf(digest):
    return sha256(b"\0", digest)

def proven_root(digest, index, size, proof):
    """RFC 9162, 2.1.3.2; nothing for a proof that cannot be."""
    at, last, node = index, size - 1, leaf(digest)
    for step in map(unb64, proof):
        if last == 0:
            return None
        if at % 2 or at == last:
            node = sha256(b"\1", step, node)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = sha256(b"\1", node, step)
        at, last = at // 2, last // 2
    return node if last == 0 and index < size else None

def signed(head, key):
    message = b"chronicle-tree-head-1\n" + canonical({k: v for k, v in head.items() if k != "signature"}).encode()
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"], capture_output=True, check=True)
    if hashlib.sha256(der.stdout).hexdigest() != head["key"]:
        return False
    with tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as signature:
        for file, content in ((text, message), (signature, unb64(head["signature"]))):
            file.write(content)
            file.flush()
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin"]
        return subprocess.run(command + ["-in", text.name, "-sigfile", signature.name], capture_output=True).returncode == 0

def check_chain(event, ends, complain):
    digest, metadata, stream, revision = event_hash(event), event["metadata"], event["stream"], event["revision"]
    name = f"revision {revision} of {stream}"
    if "hash" in metadata and metadata["hash"] != b64(digest):
        complain(f"{name} is not what its hash says")
    before, previous = ends.get(stream, (-1, None))
    if revision != before + 1:
        complain(f"{name} stands behind revision {before}")
    elif "hash" in metadata and metadata.get("previousHash") != previous:
        complain(f"{name} was written behind another event")
    ends[stream] = (revision, metadata.get("hash") or b64(digest))
    return digest, name

def check_history(bundle, complain):
    head, customer, before, ends, owners = bundle["head"], bundle["customerId"], -1, {}, {}
    for event in bundle["events"]:
        digest, name = check_chain(event, ends, complain)
        index, stream = event.get("index", -1), event["stream"]
        if proven_root(digest, index, head["size"], event.get("proof", [])) != unb64(head["rootHash"]):
            complain(f"{name} is not what was sealed")
        if index <= before:
            complain(f"{name} does not stand behind the event before it")
        before = max(before, index)
        owners[stream] = owners.get(stream) or event["data"].get("customerId")
    if f"customer-{customer}" not in owners:
        complain(f"there is no event of customer-{customer}")
    for stream in (stream for stream, owner in owners.items() if owner != customer):
        complain(f"{stream} does not belong to this customer")

def check_log(lines, heads, complain):
    sizes, ends, subtrees, size = {head["size"]: head["rootHash"] for head in heads}, {}, [], 0
    while "stream" in (line := next(lines, {})):
        node, bits = leaf(check_chain(line, ends, complain)[0]), size
        while bits % 2:
            node, bits = sha256(b"\1", subtrees.pop(), node), bits // 2
        subtrees.append(node)
        size += 1
        if size in sizes:
            root = functools.reduce(lambda right, left: sha256(b"\1", left, right), reversed(subtrees))
            if b64(root) != sizes.pop(size):
                complain(f"the first {size} events are not those that a head was signed for")
    if line.get("events") != size:
        complain(f"the last line does not speak of {size} events")
    if sizes:
        print(f"{max(sizes) - size} events that were sealed later are not in it.")

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("--key", required=True, type=argparse.FileType(), help="the public key, PEM, from whom you trust")
parser.add_argument("--heads", help="heads.jsonl, for an exported log")
arguments, complaints = parser.parse_args(), []
if arguments.file.endswith(".json"):
    bundle = json.load(open(arguments.file, encoding="utf-8"))
    heads = [bundle["head"]]
    check_history(bundle, complaints.append)
else:
    heads = [json.loads(line) for line in open(arguments.heads, encoding="utf-8")] if arguments.heads else []
    check_log(map(json.loads, gzip.open(arguments.file)), heads, complaints.append)
for head in (head for head in heads if not signed(head, arguments.key.name)):
    complaints.append(f"the head of {head['signedAt']} is not signed with this key")
print("\n".join(complaints) or "Everything is as it was sealed.")
sys.exit(1 if complaints else 0)
