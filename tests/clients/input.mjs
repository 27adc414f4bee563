// What every script here shares: JSON from standard input, hex both ways.
export const read = async () => {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) text += part;
  return text === '' ? {} : JSON.parse(text);
};

export const bytes = (hex) => {
  if (typeof hex !== 'string' || !/^([0-9a-f]{2})*$/.test(hex)) throw new Error('expected lower-case hex');
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
};

export const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
