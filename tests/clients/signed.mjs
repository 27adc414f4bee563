// NIP-98 headers as nostr-tools makes them, and requests that carry one.
import { finalizeEvent } from 'nostr-tools/pure';
import { createHash, randomBytes } from 'node:crypto';

// The header of one request. The body is the exact text that will be sent, or nothing. nostr-tools' own getToken hashes JSON that it
// serialises itself; its event and signature are used here with the hash of what is really sent. The last tag keeps two equal requests of one
// second apart: an event is good for one request.
export const authorization = (secretKey, url, method, body, createdAt = Math.floor(Date.now() / 1000)) => {
  const tags = [['u', url], ['method', method.toUpperCase()], ['request', randomBytes(8).toString('hex')]];
  if (body) tags.push(['payload', createHash('sha256').update(body).digest('hex')]);
  const event = finalizeEvent({ kind: 27235, created_at: createdAt, tags, content: '' }, secretKey);
  return 'Nostr ' + Buffer.from(JSON.stringify(event)).toString('base64');
};

// Sends a request and gives back status, parsed body and headers; throws where the status is not the one expected.
export const call = async (base, method, path, { body, key, expect = 200 } = {}) => {
  const url = new URL(path, base).href;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {};
  if (text !== undefined) headers['content-type'] = 'application/json';
  if (key) headers.authorization = authorization(key, url, method, text);
  const response = await fetch(url, { method, headers, body: text });
  const answer = await response.text();
  if (response.status !== expect) throw new Error(`${method} ${path}: ${response.status} instead of ${expect}: ${answer}`);
  return { status: response.status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) };
};
