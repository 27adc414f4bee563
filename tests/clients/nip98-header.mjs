// in:  {"secret_key_hex": 64 hex, "url": absolute, "method": verb, "body": text or absent, "created_at": seconds or absent}
// out: the value of the Authorization header
import { bytes, read } from './input.mjs';
import { authorization } from './signed.mjs';

const { secret_key_hex, url, method, body, created_at } = await read();
process.stdout.write(authorization(bytes(secret_key_hex), url, method, body, created_at));
