// in:  {"secret_key_hex": 64 hex, "peer_pubkey_hex": 64 hex x-only, "payload": base64}    out: the plaintext, nothing else
import { v2 } from 'nostr-tools/nip44';
import { bytes, read } from './input.mjs';

const { secret_key_hex, peer_pubkey_hex, payload } = await read();
process.stdout.write(v2.decrypt(payload, v2.utils.getConversationKey(bytes(secret_key_hex), peer_pubkey_hex)));
