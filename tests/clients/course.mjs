// One player of a whole competition. argv: join | collect
// join     in: {public, wallet, node, identity_hex, entry_hex, competition, username}   out: the seat, as JSON
// collect  in: the same and what join printed                                            out: {"stage", "sats"}
import { v2 } from 'nostr-tools/nip44';
import { getToken } from 'nostr-tools/nip98';
import { npubEncode, nsecEncode, decode } from 'nostr-tools/nip19';
import { finalizeEvent, getPublicKey } from 'nostr-tools/pure';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { createHash, randomBytes } from 'node:crypto';
import { bytes, hex, read } from './input.mjs';
import { seat } from './keymeld.mjs';
import { call } from './signed.mjs';
import { derive, open, seal } from './vault.mjs';

const input = await read();
const key = bytes(input.identity_hex);
const pubkey = getPublicKey(key);
const own = v2.utils.getConversationKey(key, pubkey);
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const check = (fact, what) => { if (!fact) throw new Error(`${what} is not so`); };
const api = (method, path, options) => call(input.public, method, `/api/v1/${path}`, options);
const wallet = (method, path, body) => call(input.wallet, method, `/nodes/${input.node}${path}`, { body });
const pause = () => new Promise((done) => setTimeout(done, 250));

// Asks until the answer is good; at most two minutes.
const until = async (what, ask) => {
  for (let turn = 0; turn < 480; turn++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause();
  }
  throw new Error(`${what} never came`);
};

// A request with the token exactly as nostr-tools' own NIP-98 makes it.
const asItComes = async (path, body) => {
  const url = new URL(`/api/v1/${path}`, input.public).href;
  const token = await getToken(url, 'POST', (event) => finalizeEvent(event, key), true, body);
  const answer = await fetch(url, { method: 'POST', headers: { authorization: token, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  check(answer.status === 201, `${path} with nostr-tools' token: ${answer.status}`);
};

// Register with a user name, log in by it, change and reset the password: the vault follows, the key stays.
const account = async () => {
  const { username } = input;
  const npub = npubEncode(pubkey);
  const backup = v2.encrypt('tprv-of-this-player', own);
  const first = derive(username, 'Correct-horse-1');
  const registration = {
    username, auth_key: first.authKey, encrypted_nsec: seal(first.vaultKey, nsecEncode(key)), nostr_pubkey: npub,
    encrypted_bitcoin_private_key: backup, network: 'regtest',
  };
  const registered = await api('POST', 'users/username/register', { body: registration, key, expect: 201 });
  check(registered.body.nostr_pubkey === npub && registered.body.username === username, 'the registration');
  await asItComes('users/username/register', registration);
  const login = await api('POST', 'users/username/login', { body: { username, auth_key: first.authKey } });
  check(hex(decode(open(first.vaultKey, login.body.encrypted_nsec)).data) === input.identity_hex, 'the key in the vault');
  await api('POST', 'users/username/login', { body: { username, auth_key: 'f'.repeat(64) }, expect: 401 });

  const next = derive(username, 'Battery-staple-2');
  const challenge = (await api('POST', 'users/username/forgot-password', { body: { username } })).body;
  check(challenge.nostr_pubkey === npub, 'the account of the challenge');
  const signed = finalizeEvent({ kind: 27235, created_at: Math.floor(Date.now() / 1000), tags: [], content: challenge.challenge }, key);
  const reset = {
    username, challenge: challenge.challenge, signed_event: JSON.stringify(signed), new_auth_key: next.authKey,
    new_encrypted_nsec: seal(next.vaultKey, nsecEncode(key)),
  };
  await api('POST', 'users/username/reset-password', { body: reset });
  await api('POST', 'users/username/reset-password', { body: reset, expect: 400 });
  const back = await api('POST', 'users/username/login', { body: { username, auth_key: next.authKey } });
  check(open(next.vaultKey, back.body.encrypted_nsec) === nsecEncode(key), 'the key in the new vault');

  const user = (await api('POST', 'users/login', { key, expect: 201 })).body;
  check(v2.decrypt(user.encrypted_bitcoin_private_key, own) === 'tprv-of-this-player', 'the backup of the wallet');
  check(!JSON.stringify(user).includes('hash') && user.encrypted_nsec === undefined, 'the silence about hashes');
};

const join = async () => {
  await account();
  const entryKey = hex(secp256k1.getPublicKey(bytes(input.entry_hex), true));
  const terms = (await api('GET', `competitions/${input.competition}`)).body;
  const ticket = (await api('POST', `competitions/${input.competition}/ticket`, { body: { btc_pubkey: entryKey }, key })).body;
  check(ticket.amount_sats === terms.ticket_price_sats, 'the price');
  await wallet('PUT', '', { balance_sats: 5_000_000, inbound_sats: 1_000_000_000 });
  await wallet('POST', '/pay', { payment_request: ticket.payment_request });
  const status = () => api('GET', `competitions/${input.competition}/tickets/${ticket.ticket_id}/status`, { key });
  await until('the payment', async () => ((await status()).body === 'Paid' ? true : undefined));

  const preimage = randomBytes(32);
  const entry = {
    id: ticket.entry_id, ticket_id: ticket.ticket_id, event_id: input.competition, ephemeral_pubkey: entryKey,
    ephemeral_privatekey_encrypted: v2.encrypt(input.entry_hex, own), payout_hash: sha256(preimage),
    payout_preimage_encrypted: v2.encrypt(hex(preimage), own), ...seat(input.entry_hex, ticket),
    expected_observations: [{ stations: terms.event_submission.locations[0], wind_speed: 'Over', temp_high: 'Par' }],
  };
  const entered = (await api('POST', 'entries', { body: entry, key })).body;
  const again = (await api('POST', 'entries', { body: entry, key })).body;
  const still = (one) => JSON.stringify({ ...one, signed_at: null }); // the competition goes on meanwhile
  check(still(again) === still(entered), 'the same answer again');
  const listed = (await api('GET', `entries?event_id=${input.competition}`, { key })).body;
  check(listed.length === 1 && v2.decrypt(listed[0].ephemeral_privatekey_encrypted, own) === input.entry_hex, 'the key in the list');
  check(v2.decrypt(listed[0].payout_preimage_encrypted, own) === hex(preimage), 'the preimage in the list');
  check((await status()).body === 'Used', 'the status of a used ticket');
  return { ticket: ticket.ticket_id, entry: ticket.entry_id, ticket_hash: ticket.payment_hash, payout_preimage: hex(preimage) };
};

// The atomic way: an invoice under the payout hash, then the key.
const collect = async () => {
  const contract = (await api('GET', `competitions/${input.competition}/contract`, { key })).body;
  const place = contract.entries.find((one) => one.entry_id === input.entry);
  const entryKey = hex(secp256k1.getPublicKey(bytes(input.entry_hex), true));
  check(contract.contract_params.players[place.player_index].pubkey === entryKey, 'the key in the contract');
  check(sha256(bytes(place.ticket_preimage)) === input.ticket_hash, 'the preimage of the ticket');
  if (contract.keymeld?.encrypted_session_secret) {
    const shared = v2.utils.getConversationKey(key, contract.keymeld.coordinator_pubkey);
    check(/^[0-9a-f]{64}$/.test(v2.decrypt(contract.keymeld.encrypted_session_secret, shared)), 'the secret of the session');
  }
  const mine = async () => (await api('GET', 'entries', { key })).body.find((one) => one.id === input.entry);
  const payout = `competitions/${input.competition}/entries/${input.entry}/payout`;
  const share = await until('the outcome', async () => {
    const { payout: where } = await mine();
    return where && (where.stage === 'open' || where.stage === 'nothing') ? where : undefined;
  });
  if (share.stage === 'nothing') {
    await api('POST', payout, { body: { ticket_id: input.ticket, ln_invoice: 'lnbcrt1' }, key, expect: 400 });
    return { stage: 'nothing', sats: 0 };
  }
  const invoice = await wallet('POST', '/invoices', {
    preimage: input.payout_preimage, amount_sats: share.share_sats, expiry_seconds: 86_400, cltv_expiry: 24, memo: 'payout',
  });
  await api('POST', payout, { body: { ticket_id: input.ticket, ln_invoice: invoice.body.payment_request }, key });
  await until('the payout', async () => ((await mine()).payout.stage === 'paid' ? true : undefined));
  await api('POST', payout, { body: { ticket_id: input.ticket, ephemeral_private_key: input.entry_hex }, key });
  check((await mine()).payout.key_held, 'the key handed over');
  return { stage: 'paid', sats: share.share_sats };
};

process.stdout.write(JSON.stringify(await (process.argv[2] === 'join' ? join() : collect())));
