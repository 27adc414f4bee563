// Password accounts as a browser makes them: what the service sees opens nothing.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { randomBytes } from 'node:crypto';
import { hex } from './input.mjs';

const utf8 = (text) => new TextEncoder().encode(text);

const tagged = (tag, data) => {
  const prefix = sha256(utf8(tag));
  return sha256(Buffer.concat([prefix, prefix, data]));
};

// Two keys from one password: scrypt, N = 2^17, r = 8, p = 1, 64 bytes; the first half logs in, the second opens the vault.
export const derive = (username, password) => {
  const both = scrypt(utf8(password), tagged('coordinator/login/v1', utf8(username.toLowerCase())), { N: 2 ** 17, r: 8, p: 1, dkLen: 64, maxmem: 2 ** 28 });
  return { authKey: hex(both.subarray(0, 32)), vaultKey: both.subarray(32) };
};

// base64(1 ‖ nonce 24 ‖ XChaCha20-Poly1305 of the nsec)
export const seal = (vaultKey, nsec) => {
  const nonce = randomBytes(24);
  return Buffer.concat([Buffer.of(1), nonce, xchacha20poly1305(vaultKey, nonce).encrypt(utf8(nsec))]).toString('base64');
};

export const open = (vaultKey, blob) => {
  const data = Buffer.from(blob, 'base64');
  if (data[0] !== 1) throw new Error('a vault of another form');
  return new TextDecoder().decode(xchacha20poly1305(vaultKey, data.subarray(1, 25)).decrypt(data.subarray(25)));
};
