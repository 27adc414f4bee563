// in:  {"base": origin, "competition": uuid, "secret_key_hex": 64 hex of a player's Nostr key}
// out: {"keymeld": the contract's member, "plaintext": its encrypted_session_secret decrypted}
import { v2 } from 'nostr-tools/nip44';
import { bytes, read } from './input.mjs';
import { call } from './signed.mjs';

const { base, competition, secret_key_hex } = await read();
const key = bytes(secret_key_hex);
const { body } = await call(base, 'GET', `/api/v1/competitions/${competition}/contract`, { key });
const { keymeld } = body;
const plaintext = v2.decrypt(keymeld.encrypted_session_secret, v2.utils.getConversationKey(key, keymeld.coordinator_pubkey));
process.stdout.write(JSON.stringify({ keymeld, plaintext }));
