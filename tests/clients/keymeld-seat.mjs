// in:  {"entry_hex": 64 hex of the entry's key, "keymeld_session_id": uuid, "keymeld_enclave_public_key": 66 hex}, the latter two from the ticket
// out: {"encrypted_keymeld_private_key", "keymeld_auth_pubkey"} for the entry
import { read } from './input.mjs';
import { seat } from './keymeld.mjs';

const input = await read();
process.stdout.write(JSON.stringify(seat(input.entry_hex, input)));
