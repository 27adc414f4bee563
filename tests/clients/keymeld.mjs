// What a player leaves with an enclave, and the key that approves signing with it.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { createCipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { bytes, hex } from './input.mjs';

// The entry's key for one enclave: E ‖ nonce ‖ AES-256-GCM, under HKDF of the hash of the shared point.
const sealFor = (enclaveKeyHex, secret) => {
  const own = secp256k1.utils.randomSecretKey();
  const shared = createHash('sha256').update(secp256k1.getSharedSecret(own, bytes(enclaveKeyHex), true)).digest();
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), 'keymeld-ecies-encrypt', 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return hex(Buffer.concat([secp256k1.getPublicKey(own, true), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]));
};

const authKey = (secret, session) => hex(secp256k1.getPublicKey(
  new Uint8Array(hkdfSync('sha256', secret, Buffer.alloc(0), `keymeld-session-auth-v1:${session}`, 32)), true));

// The two members of an entry, from the ticket's answer; nothing where players sign themselves.
export const seat = (entryKeyHex, ticket) => (ticket.keymeld_session_id
  ? {
    encrypted_keymeld_private_key: sealFor(ticket.keymeld_enclave_public_key, bytes(entryKeyHex)),
    keymeld_auth_pubkey: authKey(bytes(entryKeyHex), ticket.keymeld_session_id),
  }
  : {});
