// in:  {"secret_key_hex": 64 hex, "peer_pubkey_hex": 64 hex x-only, "plaintext": text}    out: the payload, base64
import { v2 } from 'nostr-tools/nip44';
import { bytes, read } from './input.mjs';

const { secret_key_hex, peer_pubkey_hex, plaintext } = await read();
process.stdout.write(v2.encrypt(plaintext, v2.utils.getConversationKey(bytes(secret_key_hex), peer_pubkey_hex)));
